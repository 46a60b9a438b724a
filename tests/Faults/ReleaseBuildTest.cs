using System.Diagnostics;
using System.Text;
using Maydon.Tests.Support;

namespace Maydon.Faults;

/// <summary>What lets the faults take a guard out or set a clock wrong is not in what people run.</summary>
public sealed class ReleaseBuildTest
{
    private const string Suffix = ".DebugOnly.cs";
    private static readonly string[] s_switches = ["MAYDON_BREAK", "MAYDON_CLOCK_OFFSET"];

    [Fact]
    public async Task The_switches_are_compiled_into_debug_builds_only()
    {
        var files = Repository.Files("src", ".cs").Where(file => s_switches.Any(name => File.ReadAllText(Path.Combine(Repository.Root, file)).Contains(name, StringComparison.Ordinal))).ToList();
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.EndsWith(Suffix, file, StringComparison.Ordinal));

        foreach (var project in Repository.Files("src", ".cs").Where(file => file.EndsWith(Suffix, StringComparison.Ordinal)).Select(file => Path.Combine("src", file.Split('/')[1])).Distinct())
        {
            Assert.DoesNotContain(Suffix, await SourcesAsync(project, "Release"), StringComparison.Ordinal);
            Assert.Contains(Suffix, await SourcesAsync(project, "Debug"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_switches_are_in_this_build_and_in_no_release_build_that_lies_here()
    {
        var debug = Directory.GetFiles(AppContext.BaseDirectory, "*.dll").Where(IsOurs);
        Assert.Equal(s_switches, s_switches.Where(name => debug.Any(file => Contains(file, name))));

        var releases = Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.dll", SearchOption.AllDirectories).Where(file => file.Contains("/Release/", StringComparison.Ordinal) && IsOurs(file));
        Assert.DoesNotContain(releases, file => s_switches.Any(name => Contains(file, name)));
    }

    private static bool IsOurs(string file) => Path.GetFileName(file) is "maydon.dll" or ['M', 'a', 'y', 'd', 'o', 'n', '.', ..] and not "Maydon.Faults.dll";

    /// <summary>Literals lie in an assembly as UTF-16.</summary>
    private static bool Contains(string file, string literal) => File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.Unicode.GetBytes(literal)) >= 0;

    private static async Task<string> SourcesAsync(string project, string configuration)
    {
        var start = new ProcessStartInfo("dotnet", ["msbuild", project, "-getItem:Compile", $"-p:Configuration={configuration}"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var msbuild = Process.Start(start)!;
        var output = await msbuild.StandardOutput.ReadToEndAsync();
        await msbuild.WaitForExitAsync();
        Assert.Equal(0, msbuild.ExitCode);
        return output;
    }
}
