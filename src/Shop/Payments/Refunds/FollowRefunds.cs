using System.Globalization;
using System.Text.Json;
using Maydon.Kernel.Jobs;
using Maydon.Kernel.Persistence;
using Maydon.Shop.Payments.Settling;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Shop.Payments.Refunds;

/// <summary>Asks the provider every hour about refunds that it has begun and not ended. What comes of it takes the way that a webhook takes.</summary>
internal sealed class FollowRefunds(NpgsqlDataSource database, PaymentProviders providers, TakeNews news, TimeProvider clock) : IScheduledJob
{
    private static readonly TimeSpan s_patience = TimeSpan.FromHours(1);

    // What is left is looked at by the next run.
    private const int Most = 100;

    private const string Sql = """
        select id, provider, provider_payment_id, refund_id from shop.payments
        where status = 'refund_due' and refund_id is not null and updated_at <= $1
        order by updated_at, id limit $2
        """;

    private const string TouchSql = "update shop.payments set updated_at = $2 where id = $1 and status = 'refund_due' and refund_id is not null";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var silent = 0;
        foreach (var refund in await ReadAsync(cancellationToken))
        {
            silent = await FollowAsync(refund, cancellationToken) ? 0 : silent + 1;
            if (silent == ReconcilePayments.MostSilent)
                return;
        }
    }

    /// <summary>False when there was no answer.</summary>
    private async Task<bool> FollowAsync(PendingRefund refund, CancellationToken cancellationToken)
    {
        var answer = providers.Find(refund.Provider) is { } provider ? await provider.ReadRefundAsync(refund.RefundId, cancellationToken) : null;
        if (answer?.Value is { State: not RefundState.Pending } receipt && await news.ExecuteAsync(NewsOf(refund, receipt), cancellationToken) is null)
            return true;
        await using var command = database.CreateCommand(TouchSql);
        command.Parameters.Add(new() { Value = refund.PaymentId });
        command.Parameters.Add(new() { Value = clock.Now().UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancellationToken);
        return answer?.Failure?.Kind != FailureKind.NoAnswer;
    }

    private PaymentNews NewsOf(PendingRefund refund, RefundReceipt receipt) => new()
    {
        Provider = refund.Provider,
        EventId = string.Create(CultureInfo.InvariantCulture, $"read:{refund.PaymentId}:{refund.RefundId}:{receipt.State}"),
        Type = $"read.refund.{receipt.State}".ToLowerInvariant(),
        Kind = receipt.State == RefundState.Done ? NewsKind.RefundDone : NewsKind.RefundFailed,
        CreatedAt = clock.Now(),
        PayloadJson = JsonSerializer.Serialize(receipt),
        PaymentId = refund.PaymentId,
        ProviderPaymentId = refund.ProviderPaymentId,
        RefundId = refund.RefundId,
    };

    private async Task<List<PendingRefund>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = (clock.Now() - s_patience).UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = Most });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var refunds = new List<PendingRefund>();
        while (await reader.ReadAsync(cancellationToken))
            refunds.Add(new PendingRefund(reader.GetInt64(0), reader.GetString(1), await reader.IsDBNullAsync(2, cancellationToken) ? null : reader.GetString(2), reader.GetString(3)));
        return refunds;
    }

    private sealed record PendingRefund(long PaymentId, string Provider, string? ProviderPaymentId, string RefundId);
}
