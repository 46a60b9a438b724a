using System.Diagnostics;
using System.Text.RegularExpressions;
using Maydon.Tests.Support;

namespace Maydon.Tests.Readme;

/// <summary>What the README says is run as it stands there, against the real executable.</summary>
public sealed partial class ReadmeTest(ITestOutputHelper output)
{
    [Fact]
    public async Task The_first_minute_with_curl_goes_as_written()
    {
        var script = Shell().Match(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"))).Groups["script"].Value;
        Assert.Contains("http://localhost:8000", script, StringComparison.Ordinal);
        var directory = Directory.CreateTempSubdirectory("maydon-readme-").FullName;
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        try
        {
            await using var server = new ServerProcess("readme", directory, new Dictionary<string, string> { ["DEBUG"] = "True" });
            await server.StartAsync();

            var (exitCode, answers) = await RunAsync(script.Replace("http://localhost:8000", server.Address.ToString().TrimEnd('/'), StringComparison.Ordinal), directory);

            output.WriteLine(answers);
            Assert.Equal(0, exitCode);
            Assert.Contains("\"ticket_code\":", answers, StringComparison.Ordinal);
            Assert.Contains("\"code\":\"already_enrolled\"", answers, StringComparison.Ordinal);
            Assert.Contains("\"available_seats\":19", answers, StringComparison.Ordinal);
            Assert.Contains("\"status\":\"registered\"", answers, StringComparison.Ordinal);
            Assert.EndsWith("}", answers.Trim(), StringComparison.Ordinal);
            Assert.Contains("\"status\":\"cancelled\"", answers[answers.LastIndexOf("{\"id\":", StringComparison.Ordinal)..], StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task What_the_documents_point_to_is_there()
    {
        string[] documents = ["README.md", "CONTRIBUTING.md", .. Repository.Files("docs", ".md")];
        var broken = new List<string>();
        foreach (var document in documents)
        {
            var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, document))!;
            foreach (Match link in Link().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, document))))
            {
                if (!Path.Exists(Path.Combine(folder, link.Groups["target"].Value)))
                    broken.Add($"{document}: {link.Groups["target"].Value}");
            }
        }

        Fault.None(broken);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string script, string directory)
    {
        var start = new ProcessStartInfo("/bin/bash", ["-euo", "pipefail", "-c", script])
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var bash = Process.Start(start)!;
        bash.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        var errors = bash.StandardError.ReadToEndAsync(patience.Token);
        var output = await bash.StandardOutput.ReadToEndAsync(patience.Token);
        await bash.WaitForExitAsync(patience.Token);
        return (bash.ExitCode, bash.ExitCode == 0 ? output : output + await errors);
    }

    [GeneratedRegex("## A first minute with curl\\s+[^`]*```sh\\n(?<script>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Shell();

    [GeneratedRegex(@"\]\((?!https?:)(?<target>[^)#]+)")]
    private static partial Regex Link();
}
