using System.Diagnostics;

namespace Maydon.Tests.Support;

/// <summary>Reads a PDF as people do, by somebody else's code: <c>pdftotext</c> of the package poppler-utils.</summary>
internal static class PdfReader
{
    /// <summary>The text of each page, laid out as it is printed.</summary>
    public static async Task<string[]> ReadPagesAsync(byte[] pdf)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, pdf);
            using var process = Process.Start(new ProcessStartInfo("pdftotext", ["-layout", file, "-"]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            var complaints = await process.StandardError.ReadToEndAsync();
            Assert.True(process.ExitCode == 0 && complaints.Length == 0, $"pdftotext: {complaints}");
            return output.TrimEnd('\f').Split('\f');
        }
        finally
        {
            File.Delete(file);
        }
    }
}
