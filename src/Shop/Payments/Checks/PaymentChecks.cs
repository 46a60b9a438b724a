using Maydon.Kernel.Operations;
using Maydon.Kernel.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Shop.Payments.Checks;

/// <summary>Money that people must look at: of a wrong amount, or that has been on its way back for long.</summary>
internal sealed class UnsettledPaymentsCheck(NpgsqlDataSource database, TimeProvider clock) : ICheck
{
    private static readonly TimeSpan s_patience = TimeSpan.FromHours(1);

    public string Code => "payments.unsettled";
    public Severity Severity => Severity.Warning;

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select count(*) filter (where status = 'rejected'), count(*) filter (where status = 'refund_due' and refund_id is null and updated_at < $1)
            from shop.payments where status in ('rejected', 'refund_due')
            """);
        command.Parameters.Add(new() { Value = (clock.Now() - s_patience).UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (rejected, late) = (reader.GetInt64(0), reader.GetInt64(1));
        return rejected + late == 0
            ? CheckResult.Passed("No payment waits for people.")
            : CheckResult.Failed(
                $"{rejected} payments are of a wrong amount or currency, {late} refunds have been due for an hour.",
                "Look at shop.payments with status rejected or refund_due: give the money back in the provider's dashboard, or \"outbox --retry\".");
    }
}

internal sealed class RefundsAreOnTheirWay(NpgsqlDataSource database) : IInvariantCheck
{
    private static readonly InvariantQuery s_query = new(
        "select count(*) from shop.payments where status = 'refund_due'",
        """
        select format('payment %s is to be refunded, and nothing does it', p.id)
        from shop.payments p
        where p.status = 'refund_due' and p.refund_id is null and not exists (
            select from kernel.outbox m where m.kind = 'shop.refund' and m.subject like 'payment:' || p.id || ':%' and m.state in ('pending', 'dead'))
        """);

    public string Name => "every refund that is due is on its way, or given up where people see it";

    public Task<InvariantResult> RunAsync(CancellationToken cancellationToken) => s_query.RunAsync(database, cancellationToken);
}
