using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Maydon.Shop.Orders.Deciding;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Shop.Payments.Settling;

/// <summary>Takes in what a provider tells, by webhook or on being asked: finds the payment it is about and has it settled, or writes down that there is none.</summary>
internal sealed class TakeNews(NpgsqlDataSource database, OrderClaims claims, TimeProvider clock)
{
    // By the provider's name of the page or of the money. By our own name only as long as we do not know the provider's: events overtake answers.
    private const string FindSql = """
        select p.id, p.order_id, (select array_agg(l.variant_id) from shop.order_lines l where l.order_id = p.order_id)
        from (
            select 1 as rank, id from shop.payments where provider = $1 and provider_id = $2
            union all
            select 2, id from shop.payments where provider = $1 and provider_payment_id = $3
            union all
            select 3, id from shop.payments where id = $4 and provider = $1 and (provider_id is null or $2 is null) and (provider_payment_id is null or $3 is null)
        ) found join shop.payments p using (id)
        order by rank limit 1
        """;

    /// <summary>Null when it is stored, with all that follows from it; else why not now.</summary>
    public async Task<Problem?> ExecuteAsync(PaymentNews news, CancellationToken cancellationToken)
    {
        var found = news.Kind == NewsKind.Other ? null : await FindAsync(news, cancellationToken);
        if (found is { } payment)
            return (await claims.DecideAsync(new SettlePayment(news, payment.Id, payment.OrderId, payment.VariantIds), cancellationToken)).Refusal;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var received = new PaymentEvent(news, OrderId: null, news.Kind == NewsKind.Other ? EventOutcome.Ignored : EventOutcome.NotOurs, clock.Now());
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { PaymentEventStatements.Insert([received], passOverKnown: true) } };
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return null;
    }

    private async Task<(long Id, long OrderId, long[] VariantIds)?> FindAsync(PaymentNews news, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(FindSql);
        command.Parameters.Add(new() { Value = news.Provider });
        command.Parameters.Add(new() { Value = (object?)news.ProviderId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)news.ProviderPaymentId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)news.PaymentId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetInt64(0), reader.GetInt64(1), reader.GetFieldValue<long[]>(2)) : null;
    }
}
