using Npgsql;
using NpgsqlTypes;
using static Maydon.Shop.Orders.Deciding.OrderStatements;

namespace Maydon.Shop.Orders.Deciding;

/// <summary>Who wants to order, a person or a guest, and where the mails would go.</summary>
/// <param name="Most">How many orders they may have that are not paid.</param>
internal sealed record LimitedBuyer(long? UserId, byte[]? GuestHash, string Email, int Most)
{
    public string Mailbox { get; } = Email.ToLowerInvariant();

    /// <summary>As <c>owner</c> in <see cref="UnpaidOrders"/>.</summary>
    public string Owner { get; } = UserId is { } id ? $"user:{id.ToString(System.Globalization.CultureInfo.InvariantCulture)}" : $"guest:{Convert.ToHexStringLower(GuestHash!)}";
}

/// <summary>
/// How many orders those who want to order have not paid. Each such order has a place, which no other of the same buyer has (unique indexes see to it
/// between nodes): who finds none free gets no order. A mailbox hears of so many unpaid orders within an hour from others than the person whose it
/// is, also when they were cancelled meanwhile: a stranger can neither fill it with mails nor keep its owner, signed in, from ordering.
/// </summary>
internal sealed class UnpaidOrders
{
    private static readonly TimeSpan s_mailboxWindow = TimeSpan.FromHours(1);

    private readonly HashSet<(string Owner, int Place)> _taken = [];
    private readonly Dictionary<string, int> _toMailbox = new(StringComparer.Ordinal);
    private readonly HashSet<(long UserId, string Mailbox)> _own = [];

    public static NpgsqlBatchCommand ReadPlaces(IReadOnlyList<LimitedBuyer> buyers) => new("""
        select 'user:' || user_id, unpaid_place from shop.orders where status = 'pending' and user_id = any ($1) and unpaid_place is not null
        union all
        select 'guest:' || encode(guest_hash, 'hex'), unpaid_place from shop.orders where status = 'pending' and guest_hash = any ($2) and unpaid_place is not null
        """)
    {
        Parameters =
        {
            Array([.. buyers.Select(buyer => buyer.UserId).OfType<long>()]),
            Array([.. buyers.Select(buyer => buyer.GuestHash).OfType<byte[]>()], hash => hash, NpgsqlDbType.Bytea),
        },
    };

    public static NpgsqlBatchCommand ReadMailboxes(IReadOnlyList<LimitedBuyer> buyers, DateTimeOffset now) => new("""
        select wanted.mailbox, wanted.user_id, p.id is not null,
            (select count(*) from (
                select from shop.orders o
                where lower(o.email) = wanted.mailbox and o.paid_at is null and o.created_at > $3 and (owner.id is null or o.user_id is distinct from owner.id)
                limit wanted.most) told)::int
        from unnest($1, $2, $4) as wanted (mailbox, user_id, most)
        left join identity.users owner on owner.email = wanted.mailbox and owner.email_verified
        left join identity.users p on p.id = wanted.user_id and p.id = owner.id
        """)
    {
        Parameters =
        {
            Array(buyers, buyer => buyer.Mailbox),
            Array(buyers, buyer => buyer.UserId),
            new() { Value = (now - s_mailboxWindow).UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            Array(buyers, buyer => buyer.Most),
        },
    };

    public void LearnPlace(NpgsqlDataReader row) => _taken.Add((row.GetString(0), row.GetInt32(1)));

    public void LearnMailbox(NpgsqlDataReader row)
    {
        if (row.GetBoolean(2))
            _own.Add((row.GetInt64(1), row.GetString(0)));
        _toMailbox[row.GetString(0)] = Math.Max(_toMailbox.GetValueOrDefault(row.GetString(0)), row.GetInt32(3));
    }

    /// <summary>Null when the buyer has too many, or the mailbox has heard of too many.</summary>
    public int? FindPlace(LimitedBuyer buyer)
    {
        if (IsMailboxFull(buyer))
            return null;
        for (var place = 1; place <= buyer.Most; place++)
        {
            if (!_taken.Contains((buyer.Owner, place)))
                return place;
        }

        return null;
    }

    /// <summary>Somebody else's mailbox has heard of too many.</summary>
    public bool IsMailboxFull(LimitedBuyer buyer) => !IsOwn(buyer) && _toMailbox.GetValueOrDefault(buyer.Mailbox) >= buyer.Most;

    /// <summary>It counts for those who come later in the batch.</summary>
    public void Take(LimitedBuyer buyer, int place)
    {
        _taken.Add((buyer.Owner, place));
        if (!IsOwn(buyer))
            _toMailbox[buyer.Mailbox] = _toMailbox.GetValueOrDefault(buyer.Mailbox) + 1;
    }

    private bool IsOwn(LimitedBuyer buyer) => buyer.UserId is { } id && _own.Contains((id, buyer.Mailbox));
}
