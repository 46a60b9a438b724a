using System.Diagnostics;

namespace Maydon.Tests.Support;

/// <summary>Reads a QR code as a phone does, by somebody else's code: <c>zbarimg</c> of the package zbar-tools.</summary>
internal static class QrReader
{
    public static async Task<string> ReadAsync(byte[] png)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, png);
            using var process = Process.Start(new ProcessStartInfo("zbarimg", ["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", file]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, $"zbarimg found no code: {await process.StandardError.ReadToEndAsync()}");
            return output.TrimEnd('\n');
        }
        finally
        {
            File.Delete(file);
        }
    }
}
