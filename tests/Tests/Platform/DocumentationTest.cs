using System.Text.RegularExpressions;
using Maydon.Kernel.Operations;
using Maydon.Kernel.Settings;
using Maydon.Tests.Support;

namespace Maydon.Tests.Platform;

/// <summary>What is written about the settings and the checks is what the code has, in both directions.</summary>
public sealed class DocumentationTest(TestServer server) : IClassFixture<TestServer>
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(1);

    [Fact]
    public void Every_setting_is_documented_with_its_default_and_no_other()
    {
        var documented = Rows("docs/configuration.md").Select(row => new SettingName(row[0].Trim('`'), row[1].Trim('`'))).ToList();
        Assert.Equal(Settings(), documented.OrderBy(setting => setting.Name, StringComparer.Ordinal));
        Assert.All(Rows("docs/configuration.md"), row => Assert.NotEqual("", row[2]));
    }

    [Fact]
    public void The_example_file_has_every_setting_with_its_default_and_sets_none()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, ".env.example"));
        var shown = lines.Select(line => Regex.Match(line, "^#(?<name>[A-Z][A-Z_]+)=(?<value>.*)$", RegexOptions.ExplicitCapture, s_limit)).Where(match => match.Success)
            .Select(match => new SettingName(match.Groups["name"].Value, match.Groups["value"].Value));
        Assert.Equal(Settings(), shown.OrderBy(setting => setting.Name, StringComparer.Ordinal));
        Assert.All(lines, line => Assert.True(line.Length == 0 || line[0] == '#', line));
    }

    [Fact]
    public void Every_check_is_documented_with_its_severity_and_no_other()
    {
        using var scope = server.App.Services.CreateScope();
        var checks = scope.ServiceProvider.GetServices<ICheck>()
            .Select(check => $"{check.Code}: {check.Severity.ToString().ToLowerInvariant()}{(check.ForDeployment ? ", deploy" : "")}{(check.HealthKey is { } key ? $" health {key}" : "")}");
        var documented = Rows("docs/checks.md")
            .Select(row => $"{row[0].Trim('`')}: {row[1]}{(Regex.Match(row[2], "Health: `(?<key>[a-z_]+)`", RegexOptions.ExplicitCapture, s_limit) is { Success: true } match ? $" health {match.Groups["key"].Value}" : "")}");
        Assert.Equal(checks.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<SettingName> Settings() => SettingsReader.Names(Composition.Optional).OrderBy(setting => setting.Name, StringComparer.Ordinal);

    /// <summary>The rows of the file's tables whose first cell is code.</summary>
    private static List<string[]> Rows(string file) =>
        [.. File.ReadAllLines(Path.Combine(Repository.Root, file)).Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('|')[1..^1].Select(cell => cell.Trim()).ToArray())];
}
