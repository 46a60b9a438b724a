using System.Diagnostics;
using System.Text.RegularExpressions;
using Maydon.Tests.Support;

namespace Maydon.Tests.Readme;

/// <summary>The walks of the guides, run as they stand there against the real executable, with a double in Stripe's place.</summary>
public sealed partial class GuideWalksTest(ITestOutputHelper output)
{
    private const string Admin = "boss@example.org";
    private const string AdminPassword = "a long word for the boss";

    [Fact]
    public async Task A_purchase_and_master_data_with_curl_go_as_written()
    {
        var directory = Directory.CreateTempSubdirectory("maydon-walk-").FullName;
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        try
        {
            await using var stripe = await StripeDouble.StartAsync(TimeProvider.System);
            await using var server = new ServerProcess("walk", directory, new Dictionary<string, string>
            {
                ["DEBUG"] = "True",
                ["DATA_DIR"] = Path.Combine(directory, "data"),
                ["STRIPE_SECRET_KEY"] = StripeDouble.SecretKey,
                ["STRIPE_WEBHOOK_SECRET"] = StripeDouble.WebhookSecret,
                ["STRIPE_API_BASE"] = stripe.Address.ToString(),
            });
            await server.StartAsync();
            var (made, said) = await server.RunAsync("createsuperuser", "--email", Admin, "--password", AdminPassword);
            Assert.True(made == 0, said);

            var answers = await RunAsync("docs/api.md", server, directory);
            foreach (var expected in (string[])["\"count\":2", "{\"received\":true}", "\"status\":\"paid\"", "\"available\":3", "\"verified_purchase\":true", "\"rating_average\":5"])
                Assert.Contains(expected, answers, StringComparison.Ordinal);
            Assert.Contains("Samovar", answers[..answers.IndexOf("\"items\"", StringComparison.Ordinal)], StringComparison.Ordinal);
            var session = Assert.Single(stripe.Sessions);
            Assert.Equal((90_000_000, "uzs", "Samovar (Copper)"), (session.AmountTotal, session.Currency, session.Lines[0].Name));

            answers = await RunAsync("docs/master-data.md", server, directory);
            foreach (var expected in (string[])["\"name\":\"Teapot\"", "\"title\":\"Two litres\"", "\"code\":\"version_mismatch\"", "\"is_main\":true", "\"created\":1,", "\"errors\":1,", "\"fields\":{\"title\":[null,\"Two litres\"]}", "\"has_more\":true"])
                Assert.Contains(expected, answers, StringComparison.Ordinal);
            Assert.DoesNotContain("Three litres", answers, StringComparison.Ordinal);
            var (verified, drifts) = await server.RunAsync("verify");
            Assert.True(verified == 0, drifts);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private async Task<string> RunAsync(string guide, ServerProcess server, string directory)
    {
        var script = Shell().Match(await File.ReadAllTextAsync(Path.Combine(Repository.Root, guide))).Groups["script"].Value;
        Assert.Contains("http://localhost:8000", script, StringComparison.Ordinal);
        var (exitCode, answers) = await RunAsync(script.Replace("http://localhost:8000", server.Address.ToString().TrimEnd('/'), StringComparison.Ordinal), directory);
        output.WriteLine(answers);
        Assert.Equal(0, exitCode);
        return answers;
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
        start.Environment["admin"] = Admin;
        start.Environment["admin_password"] = AdminPassword;
        start.Environment["STRIPE_WEBHOOK_SECRET"] = StripeDouble.WebhookSecret;
        using var bash = Process.Start(start)!;
        bash.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        var errors = bash.StandardError.ReadToEndAsync(patience.Token);
        var output = await bash.StandardOutput.ReadToEndAsync(patience.Token);
        await bash.WaitForExitAsync(patience.Token);
        return (bash.ExitCode, bash.ExitCode == 0 ? output : output + await errors);
    }

    [GeneratedRegex("##? [^\\n]* with curl\\n[^`]*(?:`[^`]+`[^`]*)*```sh\\n(?<script>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Shell();
}
