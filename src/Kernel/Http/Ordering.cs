using System.Linq.Expressions;
using System.Runtime.InteropServices;

namespace Maydon.Kernel.Http;

/// <summary>One field of <c>ordering=a,-b</c>.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct OrderingField(string Name, bool Descending)
{
    /// <summary>In their order, each name once.</summary>
    public static IEnumerable<OrderingField> Split(string? ordering) =>
        (ordering ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(part => part.StartsWith('-') ? new OrderingField(part[1..], true) : new OrderingField(part, false))
            .DistinctBy(field => field.Name);

    /// <summary>400 <c>invalid_ordering</c> that names the first field which is not among <paramref name="names"/>.</summary>
    public static Problem? Check(string? ordering, IReadOnlyCollection<string> names) =>
        Split(ordering).FirstOrDefault(field => !names.Contains(field.Name)) is { Name: { } unknown } ? Problem.Of(400, "invalid_ordering", unknown.Length > 0 ? unknown : "-") : null;
}

/// <summary>
/// The orders a list offers under <c>ordering=a,-b</c>. Every order ends with the id, in the direction of the last named field, so that
/// pages never overlap and an index on (field, id) serves both directions.
/// <code>static readonly Ordering&lt;Event&gt; s_ordering = new Ordering&lt;Event&gt;(e => e.Id).By("starts_at", e => e.StartsAt).By("title", e => e.Title);</code>
/// </summary>
public sealed class Ordering<T>(Expression<Func<T, long>> id)
{
    private readonly Dictionary<string, Func<IQueryable<T>, IOrderedQueryable<T>?, bool, IOrderedQueryable<T>>> _orders = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Names => _orders.Keys;

    public Ordering<T> By<TKey>(string name, Expression<Func<T, TKey>> key)
    {
        _orders.Add(name, Order(key));
        return this;
    }

    /// <summary>400 <c>invalid_ordering</c> that names the first field this list is not ordered by.</summary>
    public Problem? Check(string? ordering) => OrderingField.Check(ordering, _orders.Keys);

    /// <summary>Orders by a value that passed <see cref="Check"/>; nothing asked for leaves it to <paramref name="otherwise"/>, or to the id.</summary>
    public IQueryable<T> Apply(IQueryable<T> rows, string? ordering, Func<IQueryable<T>, IQueryable<T>>? otherwise = null)
    {
        IOrderedQueryable<T>? ordered = null;
        var descending = false;
        foreach (var field in OrderingField.Split(ordering))
        {
            ordered = _orders[field.Name](rows, ordered, field.Descending);
            descending = field.Descending;
        }

        return ordered is null && otherwise is not null ? otherwise(rows) : Order(id)(rows, ordered, descending);
    }

    private static Func<IQueryable<T>, IOrderedQueryable<T>?, bool, IOrderedQueryable<T>> Order<TKey>(Expression<Func<T, TKey>> key) =>
        (rows, ordered, descending) => (ordered, descending) switch
        {
            (null, false) => rows.OrderBy(key),
            (null, true) => rows.OrderByDescending(key),
            (_, false) => ordered.ThenBy(key),
            (_, true) => ordered.ThenByDescending(key),
        };
}
