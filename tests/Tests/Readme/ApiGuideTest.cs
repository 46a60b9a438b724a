using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Maydon.Tests.Support;

namespace Maydon.Tests.Readme;

/// <summary>The API guide names what there is, and nothing else.</summary>
public sealed partial class ApiGuideTest(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task The_guide_names_every_operation_and_no_other()
    {
        using var client = server.CreateClient();
        var document = JsonNode.Parse(await client.GetStringAsync(new Uri("/api/schema/", UriKind.Relative)))!;
        var real = from path in document["paths"]!.AsObject()
                   from operation in path.Value!.AsObject()
                   where operation.Key is "get" or "post" or "put" or "patch" or "delete"
                   select $"{operation.Key.ToUpperInvariant()} {path.Key.TrimEnd('/')}";
        var guide = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/api.md")) + await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/webhooks.md"));
        var named = Operation().Matches(guide)
            .Select(match => $"{match.Groups["method"].Value} {match.Groups["path"].Value.TrimEnd('/')}").ToHashSet();

        Fault.None(real.Except(named).Select(operation => $"{operation} is not in docs/api.md")
            .Concat(named.Except(real).Select(operation => $"{operation} is in docs/api.md only")));
    }

    [GeneratedRegex("`(?<method>GET|POST|PUT|PATCH|DELETE) (?<path>/[^`? ]*)")]
    private static partial Regex Operation();
}
