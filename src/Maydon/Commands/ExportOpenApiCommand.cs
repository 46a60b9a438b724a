using System.CommandLine;
using Maydon.Kernel.Http.OpenApi;
using Maydon.Kernel.Operations;
using Maydon.Running;
using Npgsql;

namespace Maydon.Commands;

/// <summary><c>export-openapi [FILE]</c>. Needs no database.</summary>
internal static class ExportOpenApiCommand
{
    public static Command Create()
    {
        var file = new Argument<string?>("file") { Arity = ArgumentArity.ZeroOrOne, Description = "Where to write it, as YAML for a name that ends in .yaml or .yml; the standard output when left out." };
        var command = new Command("export-openapi", "Write the OpenAPI document of the active modules.") { file };
        command.SetAction((result, cancellationToken) => RunAsync(result.GetValue(file), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string? file, CancellationToken cancellationToken)
    {
        var settings = HostSettings.Load();
        await using var nowhere = NpgsqlDataSource.Create("Host=/nonexistent");
        await using var app = MaydonServer.Build(settings, nowhere, builder => ConsoleLogs.AddForCommand(builder.Logging, settings));
        // Makes the routes known to the document, which a start does as it builds the pipeline.
        app.UseEndpoints(_ => { });
        var document = app.Services.GetRequiredService<ApiDocument>();
        var bytes = Path.GetExtension(file) is ".yaml" or ".yml" ? await document.YamlAsync() : await document.JsonAsync();
        try
        {
            await using var output = file is null ? Console.OpenStandardOutput() : File.Create(file);
            await output.WriteAsync(bytes, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"{file} cannot be written ({e.Message.TrimEnd('.')}).", e);
        }

        return 0;
    }
}
