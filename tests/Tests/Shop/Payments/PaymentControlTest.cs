using System.Diagnostics;

namespace Maydon.Tests.Shop.Payments;

/// <summary>Negative controls: with a guard taken out, the tests of payments must fail. Only a debug build has the switch.</summary>
public sealed class PaymentControlTest
{
    [Theory]
    [InlineData("underway", nameof(CheckoutSessionTest.Asked_by_twenty_at_once_it_is_one_page), typeof(CheckoutSessionTest))]
    [InlineData("event", nameof(PaymentRaceTest.One_event_twenty_times_has_one_effect))]
    [InlineData("settled", nameof(PaymentRaceTest.Twenty_events_of_one_payment_have_one_effect))]
    [InlineData("late", nameof(PaymentRaceTest.Late_payments_of_five_orders_get_the_three_pieces_that_are_left))]
    [InlineData("amount", nameof(PaymentRaceTest.A_wrong_amount_never_pays))]
    public async Task Without_a_guard_the_test_fails(string guard, string test, Type? of = null)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(PaymentRaceTest).Assembly.Location, "-method", $"{(of ?? typeof(PaymentRaceTest)).FullName}.{test}"])
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
