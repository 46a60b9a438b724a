using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Maydon.Kernel.Operations;

namespace Maydon.Catalog.Images.Variants;

/// <summary>
/// <c>vipsthumbnail</c> of Debian's <c>libvips-tools</c>: it decodes what strangers have sent, so it runs as a process of its own that knows nothing of ours and
/// may have little. For each run it is looked for anew: whoever installs it need not start the server again.
/// </summary>
internal sealed class Vipsthumbnail(string path)
{
    public const string Package = "libvips-tools";

    private const string Name = "vipsthumbnail";
    private const int ErrorLength = 500;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    // Forty megapixels of an interlaced file, whole in memory, in four channels of sixteen bits, and the libraries.
    private static readonly string[] s_limits = ["--as=1500000000", "--cpu=30", "--fsize=50000000", "--nofile=64", "--core=0"];

    /// <summary>Where the machine has its programs.</summary>
    public static Vipsthumbnail OfThisMachine() => new(Environment.GetEnvironmentVariable("PATH") ?? "");

    public bool IsThere => Find() is not null;

    private string? Find() => path.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(directory => Path.Combine(directory, Name)).FirstOrDefault(File.Exists);

    /// <summary>Null when done: upright, without metadata, within the square and never larger than it was. Else why not.</summary>
    /// <param name="original">The name of a file in <paramref name="directory"/>.</param>
    /// <param name="target">In the same directory; its ending says what is written.</param>
    public async Task<string?> MakeAsync(string directory, string original, string target, int size, CancellationToken cancellationToken)
    {
        if (Find() is not { } program)
            return $"{Name} is not installed.";
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_patience);
        using var process = Start(
            "prlimit", [.. s_limits, "--", "nice", program, original, "--size", string.Create(CultureInfo.InvariantCulture, $"{size}x{size}>"), "-e", "srgb", "--output", $"{target}[strip]"], directory);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
        try
        {
            await process.WaitForExitAsync(patience.Token);
            var said = $"{await output}{await error}".Trim();
            return process.ExitCode == 0 && File.Exists(Path.Combine(directory, target))
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"{Name} ended with {process.ExitCode}: {said[..Math.Min(said.Length, ErrorLength)]}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            return $"{Name} took longer than {s_patience.TotalSeconds:0} seconds.";
        }
    }

    private static Process Start(string limiter, string[] arguments, string directory)
    {
        var start = new ProcessStartInfo(limiter, arguments)
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = directory,
        };
        // Ours has secrets in it.
        var search = start.Environment["PATH"];
        start.Environment.Clear();
        start.Environment["PATH"] = search;
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["VIPS_BLOCK_UNTRUSTED"] = "1";
        start.Environment["VIPS_CONCURRENCY"] = "1";
        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception e)
        {
            throw new OperatorException($"The program {limiter} cannot be started ({e.Message}): install the package util-linux.", e);
        }
    }
}
