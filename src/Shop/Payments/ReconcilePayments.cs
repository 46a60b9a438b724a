using System.Globalization;
using System.Text.Json;
using Maydon.Kernel.Jobs;
using Maydon.Kernel.Persistence;
using Maydon.Shop.Orders.Deciding;
using Maydon.Shop.Payments.Settling;
using Maydon.Shop.Payments.Starting;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Shop.Payments;

/// <summary>
/// Asks the provider about payments that nobody told us the end of, closes pages whose order has ended, and goes on with attempts that a crash left
/// behind. What comes of it takes the way that a webhook takes, so whichever comes second changes nothing.
/// </summary>
internal sealed class ReconcilePayments(NpgsqlDataSource database, OrderClaims claims, PaymentProviders providers, TakeNews news, TimeProvider clock) : IScheduledJob
{
    // Webhooks take seconds; a buyer takes minutes.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    // A bank transfer takes days after the page was left.
    private static readonly TimeSpan s_longPatience = TimeSpan.FromHours(1);

    // The page was left as paid, and its money never came, which Stripe does not always say. Should it come yet, it counts as a late payment.
    private static readonly TimeSpan s_lastPatience = TimeSpan.FromDays(14);

    /// <summary>So many in a row without an answer: the provider is away for all of them. Fewer are their own trouble, and keep nobody else waiting.</summary>
    public const int MostSilent = 3;

    private const int PageSize = 20;

    // Some minutes of calls at the worst: what is left is looked at by the next run.
    private const int MostPages = 10;

    private const string Sql = """
        select p.id, p.order_id, p.provider, p.provider_id, o.status = 'pending', p.expires_at,
            (select array_agg(l.variant_id) from shop.order_lines l where l.order_id = p.order_id)
        from shop.payments p join shop.orders o on o.id = p.order_id
        where p.status in ('starting', 'open') and p.updated_at <= $1 and (p.updated_at <= $2 or p.expires_at > $2)
        order by p.updated_at, p.id limit $3
        """;

    private const string TouchSql = "update shop.payments set updated_at = $2 where id = $1 and status in ('starting', 'open')";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var silent = 0;
        for (var page = 0; page < MostPages; page++)
        {
            var unfinished = await ReadAsync(cancellationToken);
            foreach (var payment in unfinished)
            {
                if (await FinishAsync(payment, cancellationToken))
                {
                    silent = 0;
                    continue;
                }

                // The others come first in the next run.
                await TouchAsync(payment, cancellationToken);
                if (++silent == MostSilent)
                    return;
            }

            if (unfinished.Count < PageSize)
                return;
        }
    }

    /// <summary>False when nothing came of it: no answer, or nothing could be stored.</summary>
    private async Task<bool> FinishAsync(Unfinished payment, CancellationToken cancellationToken)
    {
        if (providers.Find(payment.Provider) is not { } provider)
            return await TouchAsync(payment, cancellationToken);
        if (payment.ProviderId is not { } providerId)
            return await OpenAsync(payment, provider, cancellationToken);
        var answer = payment.IsAwaited ? await provider.ReadAsync(providerId, cancellationToken) : await provider.CloseAsync(providerId, cancellationToken);
        return answer switch
        {
            { Value: { State: not CheckoutState.Open } report } => await news.ExecuteAsync(NewsOf(payment, report), cancellationToken) is null,
            { Failure: { Kind: FailureKind.Refused } refused } when payment.ExpiresAt < clock.Now() => await GiveUpAsync(payment, refused.Reason, cancellationToken),
            { Failure.Kind: FailureKind.NoAnswer } => false,
            { Value: not null } when payment.ExpiresAt + s_lastPatience < clock.Now() => await GiveUpAsync(payment, "The money never came.", cancellationToken),
            _ => await TouchAsync(payment, cancellationToken),
        };
    }

    /// <summary>A crash came between the attempt and the provider's answer.</summary>
    private async Task<bool> OpenAsync(Unfinished payment, IPaymentProvider provider, CancellationToken cancellationToken)
    {
        if (payment.ExpiresAt <= clock.Now() || !payment.IsAwaited)
            return await GiveUpAsync(payment, "It never became a page.", cancellationToken);
        var found = await claims.DecideAsync(new ReadPayment(payment.Id, payment.OrderId, payment.VariantIds), cancellationToken);
        if (found is not { Order: { } order, Payment: { Status: PaymentStatus.Starting } begun })
            return found.Refusal is null;
        var answer = await provider.OpenAsync(StartPayment.Wish(order, begun), cancellationToken);
        if (answer.Value is { } opened)
            return (await claims.DecideAsync(new RecordCheckout(begun, opened, payment.VariantIds), cancellationToken)).Payment is not null || await TouchAsync(payment, cancellationToken);
        return answer.Failure!.Kind != FailureKind.NoAnswer && await GiveUpAsync(payment, answer.Failure.Reason, cancellationToken);
    }

    private async Task<bool> GiveUpAsync(Unfinished payment, string reason, CancellationToken cancellationToken) =>
        (await claims.DecideAsync(new GiveUpPayment(payment.Id, payment.OrderId, reason, payment.VariantIds), cancellationToken)).Refusal is null;

    /// <summary>It has been looked at: the others come first now.</summary>
    private async Task<bool> TouchAsync(Unfinished payment, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(TouchSql);
        command.Parameters.Add(new() { Value = payment.Id });
        command.Parameters.Add(Time(clock.Now()));
        await command.ExecuteNonQueryAsync(cancellationToken);
        return true;
    }

    private PaymentNews NewsOf(Unfinished payment, CheckoutReport report) => new()
    {
        Provider = payment.Provider,
        EventId = string.Create(CultureInfo.InvariantCulture, $"read:{payment.Id}:{report.State}"),
        Type = $"read.{report.State}".ToLowerInvariant(),
        Kind = report.State == CheckoutState.Paid ? NewsKind.Paid : NewsKind.Over,
        CreatedAt = clock.Now(),
        PayloadJson = JsonSerializer.Serialize(report),
        ProviderId = report.ProviderId,
        ProviderPaymentId = report.ProviderPaymentId,
        Amount = report.Amount,
        Currency = report.Currency,
    };

    private async Task<List<Unfinished>> ReadAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now();
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(Time(now - s_patience));
        command.Parameters.Add(Time(now - s_longPatience));
        command.Parameters.Add(new() { Value = PageSize });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var page = new List<Unfinished>();
        while (await reader.ReadAsync(cancellationToken))
        {
            page.Add(new Unfinished(
                reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), await reader.IsDBNullAsync(3, cancellationToken) ? null : reader.GetString(3),
                reader.GetBoolean(4), reader.GetFieldValue<DateTimeOffset>(5), reader.GetFieldValue<long[]>(6)));
        }

        return page;
    }

    private static NpgsqlParameter Time(DateTimeOffset value) => new() { Value = value.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private sealed record Unfinished(long Id, long OrderId, string Provider, string? ProviderId, bool IsAwaited, DateTimeOffset ExpiresAt, long[] VariantIds);
}
