using System.Diagnostics;

namespace Maydon.Tests.Shop.Reviews;

/// <summary>Negative control: without the lock of the product's row the race tests must fail. Only a debug build has the switch.</summary>
public sealed class ReviewRaceControlTest
{
    [Fact]
    public async Task Without_the_lock_the_race_is_lost()
    {
        const string test = nameof(ReviewRaceTest.Fifty_reviews_changes_and_deletions_at_once);
        var start = new ProcessStartInfo("dotnet", [typeof(ReviewRaceTest).Assembly.Location, "-method", $"{typeof(ReviewRaceTest).FullName}.{test}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["MAYDON_BREAK"] = "rating";
        using var process = Process.Start(start)!;
        var complaints = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync() + await complaints;
        await process.WaitForExitAsync();

        Assert.True(process.ExitCode != 0, output);
        Assert.Contains($"{test} [FAIL]", output, StringComparison.Ordinal);
        Assert.Contains("Total: 1, Errors: 0, Failed: 1", output, StringComparison.Ordinal);
    }
}
