using System.CommandLine;
using Maydon.Kernel.Http;
using Maydon.Running;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing.Patterns;
using Npgsql;

namespace Maydon.Commands;

/// <summary><c>routes</c>: every route of the active modules, with who may call it. Needs no database.</summary>
internal static class RoutesCommand
{
    public static Command Create()
    {
        var command = new Command("routes", "List every route with its method and who may call it.");
        command.SetAction((_, cancellationToken) => RunAsync(cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var settings = HostSettings.Load();
        await using var nowhere = NpgsqlDataSource.Create("Host=/nonexistent");
        await using var app = MaydonServer.Build(settings, nowhere, builder => ConsoleLogs.AddForCommand(builder.Logging, settings));
        var rows = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["ANY"])
                // It is where GET is.
                .Where(method => method != HttpMethods.Head).Select(method => (
                Path: Describe(endpoint.RoutePattern),
                Method: method,
                Who: DescribeCallers(endpoint),
                Summary: endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Http.Metadata.IEndpointSummaryMetadata>()?.Summary)))
            .OrderBy(row => row.Path, StringComparer.Ordinal).ThenBy(row => row.Method, StringComparer.Ordinal).ToList();
        var width = rows.Max(row => row.Path.Length);
        var callers = rows.Max(row => row.Who.Length);
        foreach (var row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Console.Out.WriteLine($"{row.Method,-7} {row.Path.PadRight(width)}  {row.Who.PadRight(callers)} {row.Summary}".TrimEnd());
        }

        return 0;
    }

    /// <summary>Without the constraints, which tell only the router something.</summary>
    private static string Describe(RoutePattern pattern) =>
        "/" + string.Join('/', (pattern.RawText ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries).Select(part => part.IndexOf(':') is > 0 and var colon ? part[..colon] + "}" : part))
        + (pattern.RawText is [_, .., '/'] ? "/" : "");

    private static string DescribeCallers(RouteEndpoint endpoint)
    {
        if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            return "anyone";
        var names = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(data => data.Policy ?? data.Roles ?? "signed in")
            .Concat(endpoint.Metadata.GetOrderedMetadata<RequiredPermission>().Select(required => required.Name)).Distinct(StringComparer.Ordinal).ToList();
        return names.Count == 0 ? "anyone" : string.Join(", ", names);
    }
}
