using Npgsql;
using NpgsqlTypes;

namespace Maydon.Shop.Payments.Settling;

/// <summary>A row of <c>shop.payment_events</c>.</summary>
internal sealed record PaymentEvent(PaymentNews News, long? OrderId, string Outcome, DateTimeOffset ReceivedAt);

/// <summary>What an event came to, for the people who run the shop.</summary>
internal static class EventOutcome
{
    public const string Paid = "paid";
    public const string Ignored = "ignored: of no meaning to orders";
    public const string NotOurs = "ignored: of no payment of this shop";
}

internal static class PaymentEventStatements
{
    public static NpgsqlBatchCommand Read(IReadOnlyList<PaymentNews> events) => new(
        "select e.provider, e.event_id from unnest($1, $2) as wanted (provider, event_id) join shop.payment_events e using (provider, event_id)")
    {
        Parameters = { Texts(events.Select(news => news.Provider)), Texts(events.Select(news => news.EventId)) },
    };

    public static NpgsqlBatchCommand Insert(IReadOnlyList<PaymentEvent> events, bool passOverKnown = false) => new($"""
        insert into shop.payment_events (provider, event_id, type, order_id, created_at, received_at, outcome, payload)
        select * from unnest($1, $2, $3, $4, $5, $6, $7, $8) {(passOverKnown ? "on conflict do nothing" : "")}
        """)
    {
        Parameters =
        {
            Texts(events.Select(received => received.News.Provider)),
            Texts(events.Select(received => received.News.EventId)),
            Texts(events.Select(received => received.News.Type)),
            new() { Value = events.Select(received => received.OrderId).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint },
            Times(events.Select(received => received.News.CreatedAt)),
            Times(events.Select(received => received.ReceivedAt)),
            Texts(events.Select(received => received.Outcome)),
            Texts(events.Select(received => received.News.PayloadJson)),
        },
    };

    private static NpgsqlParameter Texts(IEnumerable<string> values) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static NpgsqlParameter Times(IEnumerable<DateTimeOffset> values) =>
        new() { Value = values.Select(value => value.UtcDateTime).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz };
}
