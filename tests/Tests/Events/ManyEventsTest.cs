using Maydon.Kernel.Caching;
using System.Globalization;
using System.Text.RegularExpressions;
using Maydon.Events.Caching;
using Maydon.Events.Searching;
using Maydon.Tests.Support;
using Npgsql;

namespace Maydon.Tests.Events;

/// <summary>Fifty thousand events over two years, a third of them online, and every five thousandth with a rare word.</summary>
public sealed class ManyEvents(TestPostgres postgres) : IAsyncLifetime
{
    public TestServer Server { get; } = new(postgres);

    public async ValueTask InitializeAsync()
    {
        await Server.StartAsync();
        var organiser = await Server.CreateUserAsync("Facilitator");
        await Server.ExecuteAsync("drop index events.events_search");
        await Server.ExecuteAsync("""
            insert into events.events (title, description, event_type, location, language, starts_at, ends_at, created_by, created_at, updated_at)
            select (array['Suhbat', 'Лекция', 'Workshop'])[1 + i % 3] || ' ' || i,
                'Bu tadbir haqida ' || md5(i::text) || case when i % 5000 = 0 then ' Камёб' else '' end,
                case when i % 3 = 0 then 'ONLINE' else 'OFFLINE' end,
                case when i % 3 = 0 then null else (array['Toshkent', 'Самарканд'])[1 + i % 2] || ' ' || i % 500 end,
                (array['uz', 'ru', 'en'])[1 + i % 3], at, at + interval '2 hours', $1, now(), now()
            from generate_series(1, 50000) i, lateral (select now() - interval '1 year' + (i * 7919 % 50000) * interval '21 minutes' as at) times
            """, organiser.Id);
        await Server.ExecuteAsync("insert into inventory.pools (kind, subject_id, capacity, taken) select 'event', id, 50, id % 51 from events.events");
        await Server.ExecuteAsync("create index events_search on events.events using gin (search_words gin_trgm_ops) where deleted_at is null");
        await Server.ExecuteAsync("vacuum analyze events.events");
        await Server.ExecuteAsync("vacuum analyze inventory.pools");
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>Lists do as much work for many events as for few.</summary>
public sealed partial class ManyEventsTest(ManyEvents events) : IClassFixture<ManyEvents>
{
    [Theory]
    [InlineData("/api/events/?page_size=1", "/api/events/?page_size=100")]
    [InlineData("/api/events/?page_size=1&q=suhbat", "/api/events/?page_size=100&q=suhbat")]
    [InlineData("/api/events/?page_size=100&q=suhbat%2049998", "/api/events/?page_size=99&q=suhbat")]
    [InlineData("/api/events/search/?page_size=1", "/api/events/search/?page_size=100")]
    [InlineData("/api/events/?page_size=1&has_seats=true&ordering=title", "/api/events/?page_size=100&has_seats=true&ordering=title")]
    public async Task A_list_of_one_and_a_list_of_a_hundred_ask_as_often(string one, string hundred)
    {
        var counts = new List<int>();
        foreach (var address in new[] { one, hundred })
        {
            ForgetEverything();
            using var statements = new SqlStatements(events.Server);
            using var reader = events.Server.CreateClient();
            Assert.NotEmpty(await reader.TitlesAsync(address));
            counts.Add(statements.Texts.Count);
        }

        Assert.Equal(counts[0], counts[1]);
        Assert.InRange(counts[0], 1, 4);
    }

    [Fact]
    public async Task A_list_that_is_known_asks_nothing()
    {
        using var reader = events.Server.CreateClient();
        await reader.TitlesAsync("/api/events/?q=workshop");

        using var statements = new SqlStatements(events.Server);
        await reader.TitlesAsync("/api/events/?q=workshop");

        Assert.Empty(statements.Texts);
    }

    [Theory]
    [InlineData("")]
    [InlineData("page=3")]
    [InlineData("page=100")]
    [InlineData("page=2000", false)]
    [InlineData("ordering=-starts_at")]
    [InlineData("ordering=title")]
    [InlineData("ordering=-title&page=100")]
    [InlineData("ordering=-created_at")]
    [InlineData("language=UZ")]
    [InlineData("event_type=ONLINE")]
    [InlineData("event_type=ONLINE&page=700", false)]
    [InlineData("has_seats=true")]
    [InlineData("has_seats=false")]
    [InlineData("q=КАМЁБ")]
    [InlineData("q=suhbat")]
    [InlineData("q=su")]
    [InlineData("q=49998")]
    [InlineData("q=suhbat,49998")]
    [InlineData("location=самарканд 49")]
    [InlineData("language=ru&event_type=OFFLINE&q=лекция")]
    public async Task No_page_reads_or_sorts_the_whole_table(string query, bool upcomingToo = true)
    {
        foreach (var list in upcomingToo ? new[] { "/api/events/", "/api/events/search/" } : ["/api/events/"])
        {
            var plan = await ExplainAsync(await AskAsync($"{list}?{query}", "with page"), query);
            Assert.DoesNotContain("Seq Scan on events", plan, StringComparison.Ordinal);
            foreach (var rows in Sorted().Matches(plan).Select(match => int.Parse(match.Groups["rows"].Value, CultureInfo.InvariantCulture)))
                Assert.InRange(rows, 0, 1000);
        }
    }

    [Theory]
    [InlineData("q=zz")]
    [InlineData("q=ўз")]
    [InlineData("q=q")]
    [InlineData("q=zz a b c")]
    [InlineData("q=zz%25%25")]
    [InlineData("location=zz")]
    public async Task A_short_word_that_nothing_has_is_looked_up_and_not_looked_for(string query)
    {
        var plan = await ExplainAsync(await AskAsync($"/api/events/?{query}", "count(*)"), query);

        Assert.DoesNotContain("Seq Scan on events", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Rows Removed", plan, StringComparison.Ordinal);
        Assert.Contains(query.StartsWith('q') ? "events_search" : "events_location", plan, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("q=%25")]
    [InlineData("q=...")]
    [InlineData("location=—")]
    [InlineData("starts_after=2099-01-01")]
    public async Task Where_there_is_nothing_to_find_no_page_is_asked_for(string query)
    {
        ForgetEverything();
        using var statements = new SqlStatements(events.Server);
        using var reader = events.Server.CreateClient();

        Assert.Empty(await reader.TitlesAsync($"/api/events/?{query}"));

        Assert.DoesNotContain(statements.Texts, text => text.Contains("with page", StringComparison.Ordinal));
    }

    /// <summary>The one statement with <paramref name="part"/> that answering takes when nothing is in memory.</summary>
    private async Task<string> AskAsync(string address, string part)
    {
        ForgetEverything();
        using var statements = new SqlStatements(events.Server);
        using var reader = events.Server.CreateClient();
        await reader.GetJsonAsync(address);
        return Assert.Single(statements.Texts, text => text.Contains(part, StringComparison.Ordinal));
    }

    private void ForgetEverything() => events.Server.App.Services.GetRequiredService<EventStamps>().Forget();

    /// <summary>The plan as it ran; the parameters are put back from the conditions they came from.</summary>
    private async Task<string> ExplainAsync(string sql, string query)
    {
        await using var connection = await events.Server.Database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand($"explain (analyze, timing off, costs off) {sql}", connection);
        foreach (var value in Values(sql, query))
            command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(0));
        return string.Join('\n', lines);
    }

    private IEnumerable<object> Values(string sql, string query)
    {
        var given = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(query);
        var words = new Queue<string>(SoughtWords.Patterns(given.GetValueOrDefault("q"))!);
        var places = new Queue<string>(SoughtWords.Patterns(given.GetValueOrDefault("location"))!);
        for (var n = 1; sql.Contains($"${n}", StringComparison.Ordinal); n++)
        {
            var before = sql[..sql.IndexOf($"${n}", StringComparison.Ordinal)];
            yield return before.EndsWith("e.search_words like events.fold(", StringComparison.Ordinal) ? words.Dequeue()
                : before.EndsWith("e.location_words like events.fold(", StringComparison.Ordinal) ? places.Dequeue()
                : before.EndsWith("events.fold(e.language) = events.fold(", StringComparison.Ordinal) ? given["language"].ToString()
                : before.EndsWith("e.event_type = ", StringComparison.Ordinal) ? given["event_type"].ToString()
                : events.Server.Clock.GetUtcNow().UtcDateTime;
        }
    }

    [GeneratedRegex(@"(?:Sort|Sort Method|Incremental Sort)[^\n]*\(actual rows=(?<rows>\d+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Sorted();
}
