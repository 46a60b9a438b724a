using System.Diagnostics;

namespace Maydon.Tests.Registrations;

/// <summary>Negative controls: with a guard taken out, the race tests must fail. Only a debug build has the switch.</summary>
public sealed class RaceControlTest
{
    [Theory]
    [InlineData("capacity", nameof(RaceTest.Fifty_people_and_three_seats))]
    [InlineData("unique", nameof(RaceTest.One_person_twenty_times))]
    [InlineData("ledger", nameof(RaceTest.Cancelled_twenty_times_a_seat_comes_free_once))]
    public async Task Without_a_guard_the_race_is_lost(string guard, string test)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(RaceTest).Assembly.Location, "-method", $"{typeof(RaceTest).FullName}.{test}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["MAYDON_BREAK"] = guard;
        using var process = Process.Start(start)!;
        var complaints = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync() + await complaints;
        await process.WaitForExitAsync();

        Assert.True(process.ExitCode != 0, output);
        Assert.Contains($"{test} [FAIL]", output, StringComparison.Ordinal);
        Assert.Contains("Total: 1, Errors: 0, Failed: 1", output, StringComparison.Ordinal);
    }
}
