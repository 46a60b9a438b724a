using System.Text.RegularExpressions;
using Maydon.Events.Caching;
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
        await Server.ExecuteAsync("create index events_search on events.events using gin (search_text gin_trgm_ops) where deleted_at is null");
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
    [InlineData("page=2000")]
    [InlineData("ordering=-starts_at")]
    [InlineData("ordering=title")]
    [InlineData("ordering=-title&page=100")]
    [InlineData("ordering=-created_at")]
    [InlineData("language=UZ")]
    [InlineData("event_type=ONLINE")]
    [InlineData("event_type=ONLINE&page=700")]
    [InlineData("has_seats=true")]
    [InlineData("q=КАМЁБ")]
    [InlineData("q=suhbat")]
    [InlineData("q=suhbat,49998")]
    [InlineData("location=самарканд 49")]
    [InlineData("starts_after=2099-01-01")]
    [InlineData("language=ru&event_type=OFFLINE&q=лекция")]
    public async Task No_page_reads_or_sorts_the_whole_table(string query)
    {
        foreach (var list in new[] { "/api/events/", "/api/events/search/" })
        {
            ForgetEverything();
            using var statements = new SqlStatements(events.Server);
            using var reader = events.Server.CreateClient();
            using var answer = await reader.GetAsync($"{list}?{query}");
            if ((int)answer.StatusCode == 404)
                continue;
            // Nothing is asked for where there is nothing to find.
            if ((int)(await answer.ReadAsync())["count"]! == 0)
                continue;
            var page = Assert.Single(statements.Texts, text => text.Contains("with page", StringComparison.Ordinal));
            var plan = await ExplainAsync(page, query);
            Assert.DoesNotContain("Seq Scan on events", plan, StringComparison.Ordinal);
            foreach (var rows in Sorted().Matches(plan).Select(match => int.Parse(match.Groups["rows"].Value, System.Globalization.CultureInfo.InvariantCulture)))
                Assert.InRange(rows, 0, 1000);
        }
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
        var words = new Queue<string>($"{given.GetValueOrDefault("q")}".Split(' ', ','));
        for (var n = 1; sql.Contains($"${n}", StringComparison.Ordinal); n++)
        {
            var before = sql[..sql.IndexOf($"${n}", StringComparison.Ordinal)];
            yield return before.EndsWith("search_text like events.fold(", StringComparison.Ordinal) ? $"%{words.Dequeue()}%"
                : before.EndsWith("events.fold(e.location) like events.fold(", StringComparison.Ordinal) ? $"%{given["location"]}%"
                : before.EndsWith("events.fold(e.language) = events.fold(", StringComparison.Ordinal) ? given["language"].ToString()
                : before.EndsWith("e.event_type = ", StringComparison.Ordinal) ? given["event_type"].ToString()
                : given.ContainsKey("starts_after") && before.Contains("e.starts_at >= $1", StringComparison.Ordinal) ? new DateTime(2099, 1, 1, 0, 0, 0, DateTimeKind.Utc)
                : events.Server.Clock.GetUtcNow().UtcDateTime;
        }
    }

    [GeneratedRegex(@"(?:Sort|Sort Method|Incremental Sort)[^\n]*\(actual rows=(?<rows>\d+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Sorted();
}
