using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;

namespace Maydon.Events.Browsing;

/// <summary>
/// The order of a list, as segments that an index serves each: never is the whole table sorted for one page.
/// </summary>
internal abstract record EventOrder
{
    private static readonly Dictionary<string, string> s_fields = new(StringComparer.Ordinal)
    {
        ["starts_at"] = "e.starts_at",
        ["created_at"] = "e.created_at",
        ["title"] = "events.fold(e.title) collate \"C\"",
    };

    /// <summary>400 <c>invalid_ordering</c> that names what lists cannot be ordered by.</summary>
    public static Problem? Check(string? ordering) => OrderingField.Check(ordering, s_fields.Keys);

    /// <param name="ordering">Checked.</param>
    public static EventOrder Of(string? ordering, bool upcomingOnly) =>
        OrderingField.Split(ordering).ToList() is { Count: > 0 } fields ? new ByFields(fields, upcomingOnly) : upcomingOnly ? new Upcoming() : new NearestFirst();

    public abstract string Key { get; }

    public abstract long Count(EventCensus census);

    /// <summary>When this order may change though nobody writes.</summary>
    public abstract DateTimeOffset Until(EventCensus census);

    /// <summary>The segments that the rows from <paramref name="offset"/> on lie in, one after the other.</summary>
    public abstract IEnumerable<Segment> Find(EventCensus census, long offset, int size, SqlValues values);

    /// <summary>A part of the list: a condition, its order and what to take of it.</summary>
    /// <param name="Few">Found whole and then sorted: the planner must not think of walking the order until enough are found.</param>
    internal sealed record Segment(string Condition, string Order, long Offset, long Take, bool Few = false);

    /// <summary>Not yet ended first, ascending by start; then the past, the latest first.</summary>
    private sealed record NearestFirst : EventOrder
    {
        private const string Ascending = "e.starts_at, e.id";
        private const string Descending = "e.starts_at desc, e.id desc";

        public override string Key => "nearest";

        public override long Count(EventCensus census) => census.Total;

        public override DateTimeOffset Until(EventCensus census) => census.NextEnd;

        public override IEnumerable<Segment> Find(EventCensus census, long offset, int size, SqlValues values)
        {
            var now = values.Add(census.At);
            var running = new Segment($"tstzrange(e.starts_at, e.ends_at, '(]') @> {now}", Ascending, 0, census.NotEnded - census.Upcoming, Few: true);
            var upcoming = new Segment($"e.starts_at >= {now}", Ascending, 0, census.Upcoming);
            var past = new Segment($"e.ends_at < {now} and e.starts_at < {now}", Descending, 0, census.Total - census.NotEnded);
            long end = offset + size, start = 0;
            foreach (var segment in (Segment[])[running, upcoming, past])
            {
                var (from, to) = (Math.Max(offset, start), Math.Min(end, start + segment.Take));
                if (from < to)
                    yield return segment with { Offset = from - start, Take = to - from };
                start += segment.Take;
            }
        }
    }

    /// <summary>What has not yet started, ascending.</summary>
    private sealed record Upcoming : EventOrder
    {
        public override string Key => "upcoming";

        public override long Count(EventCensus census) => census.Upcoming;

        public override DateTimeOffset Until(EventCensus census) => census.NextStart;

        public override IEnumerable<Segment> Find(EventCensus census, long offset, int size, SqlValues values) =>
            [new($"e.starts_at >= {values.Add(census.At)}", "e.starts_at, e.id", offset, size)];
    }

    /// <summary>By the fields asked for, and the id in the direction of the last, so that one index serves both directions.</summary>
    private sealed record ByFields(IReadOnlyList<OrderingField> Fields, bool UpcomingOnly) : EventOrder
    {
        public override string Key => $"{UpcomingOnly} {string.Join(',', Fields)}";

        public override long Count(EventCensus census) => UpcomingOnly ? census.Upcoming : census.Total;

        public override DateTimeOffset Until(EventCensus census) => UpcomingOnly ? census.NextStart : DateTimeOffset.MaxValue;

        public override IEnumerable<Segment> Find(EventCensus census, long offset, int size, SqlValues values)
        {
            var order = string.Join(", ", Fields.Append(new("id", Fields[^1].Descending)).Select(field => $"{s_fields.GetValueOrDefault(field.Name, "e.id")}{(field.Descending ? " desc" : "")}"));
            return [new(UpcomingOnly ? $"e.starts_at >= {values.Add(census.At)}" : "true", order, offset, size)];
        }
    }
}
