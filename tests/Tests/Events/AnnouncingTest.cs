using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Maydon.Tests.Support;

namespace Maydon.Tests.Events;

/// <summary><c>POST /api/events/</c>.</summary>
public sealed class AnnouncingTest(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task An_event_is_answered_as_it_is_stored()
    {
        var organiser = await server.CreateUserAsync("Facilitator");
        using var client = server.SignIn(organiser);
        var terms = server.Terms("Ilm-fan kechasi");

        using var answer = await client.PostAsJsonAsync("/api/events/", terms);

        Assert.Equal(201, (int)answer.StatusCode);
        var created = await answer.ReadAsync();
        var id = created["id"]!.GetValue<long>();
        Assert.Equal($"/api/events/{id}/", answer.Headers.Location?.OriginalString);
        Assert.Equal(
            ["id", "title", "event_type", "language", "location", "starts_at", "ends_at", "start_time", "end_time", "capacity", "created_by", "created_by_email",
                "total_enrollments", "available_seats", "is_past", "is_upcoming", "description", "join_url", "created_at", "updated_at"],
            created.AsObject().Select(field => field.Key));
        Assert.Equal("Ilm-fan kechasi", created["title"]!.GetValue<string>());
        Assert.Equal("What it is about", created["description"]!.GetValue<string>());
        Assert.Equal("OFFLINE", created["event_type"]!.GetValue<string>());
        Assert.Equal("Tashkent, Navoiy 1", created["location"]!.GetValue<string>());
        Assert.Equal("uz", created["language"]!.GetValue<string>());
        Assert.Equal(organiser.Id, created["created_by"]!.GetValue<long>());
        Assert.Equal(organiser.Email, created["created_by_email"]!.GetValue<string>());
        Assert.Equal((10, 0, 10), (created["capacity"]!.GetValue<int>(), created["total_enrollments"]!.GetValue<int>(), created["available_seats"]!.GetValue<int>()));
        Assert.Equal((false, true), (created["is_past"]!.GetValue<bool>(), created["is_upcoming"]!.GetValue<bool>()));
        Assert.Equal(created["starts_at"]!.GetValue<string>(), created["start_time"]!.GetValue<string>());
        Assert.Equal(created["ends_at"]!.GetValue<string>(), created["end_time"]!.GetValue<string>());
        Assert.EndsWith("Z", created["starts_at"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(terms["starts_at"]!.GetValue<DateTimeOffset>().UtcDateTime, created["starts_at"]!.GetValue<DateTime>(), TimeSpan.FromMicroseconds(1));
        Assert.Equal(created.ToJsonString(), (await client.GetJsonAsync($"/api/events/{id}/")).ToJsonString());
        Assert.Equal(10, await server.ScalarAsync<int>("select capacity from inventory.pools where kind = 'event' and subject_id = $1", id));
    }

    [Theory]
    [InlineData("title", "")]
    [InlineData("title", "   ")]
    [InlineData("title", null)]
    [InlineData("location", "")]
    [InlineData("location", null)]
    [InlineData("starts_at", null)]
    [InlineData("starts_at", "soon")]
    [InlineData("ends_at", null)]
    [InlineData("ends_at", "2020-13-45T00:00:00Z")]
    [InlineData("event_type", "HYBRID")]
    [InlineData("capacity", -1)]
    [InlineData("capacity", "many")]
    [InlineData("capacity", 1.5)]
    [InlineData("join_url", "javascript:alert(1)")]
    [InlineData("join_url", "/meet")]
    [InlineData("join_url", "https://meet.example/1\r\nX: y")]
    [InlineData("join_url", "https://meet.example/a b")]
    [InlineData("join_url", " https://meet.example/1")]
    [InlineData("join_url", "https://bank.example:login@evil.example/")]
    [InlineData("join_url", "https://bank.example@evil.example/")]
    [InlineData("join_url", "https://meet.example/\u200b")]
    [InlineData("title", "\u200b\u2060")]
    [InlineData("title", "wrong\u2028title")]
    [InlineData("title", "wrong\u2029title")]
    [InlineData("title", "wrong \u202egnp.exe")]
    [InlineData("title", "wrong \u2066x\u2069")]
    [InlineData("location", "\u200b")]
    [InlineData("location", "a\u202ab")]
    [InlineData("starts_at", "9998-12-31T23:59:59-14:00")]
    public async Task A_field_that_is_wrong_is_named_and_nothing_is_stored(string field, object? value)
    {
        using var client = await server.SignInAsync("Facilitator");
        var terms = server.Terms($"wrong {field}");
        if (field == "join_url")
            terms.With("event_type", "ONLINE").With("location", null);

        await client.PostAsJsonAsync("/api/events/", terms.With(field, JsonValue.Create(value))).InvalidAsync(field);

        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from events.events where title like 'wrong %'"));
    }

    [Fact]
    public async Task All_that_is_wrong_is_told_at_once()
    {
        using var client = await server.SignInAsync("Facilitator");
        var terms = server.Terms("   ", hours: -1).With("location", null).With("language", new string('x', 101)).With("description", new string('x', 20_001)).With("capacity", -1);

        var problem = await client.PostAsJsonAsync("/api/events/", terms).RefusedAsync(400, "validation_error");
        var id = await client.AnnounceAsync(server.Terms());
        await client.PatchAsJsonAsync($"/api/events/{id}/", new JsonObject { ["title"] = "", ["capacity"] = -1, ["event_type"] = "HYBRID", ["end_time"] = "2001-01-01T00:00:00Z" })
            .InvalidAsync("event_type", "capacity", "title", "ends_at");

        var errors = problem["errors"]!.AsObject();
        Assert.Equal(["capacity", "description", "ends_at", "language", "location", "title"], errors.Select(error => error.Key).Order(StringComparer.Ordinal));
        Assert.All(errors, error => Assert.Single(error.Value!.AsArray()));
        Assert.Equal("A talk", (string?)(await client.GetJsonAsync($"/api/events/{id}/"))["title"]);
    }

    [Theory]
    [InlineData("title", 200)]
    [InlineData("location", 255)]
    [InlineData("language", 100)]
    [InlineData("description", 20_000)]
    public async Task A_text_may_be_just_so_long(string field, int length)
    {
        using var client = await server.SignInAsync("Facilitator");

        await client.PostAsJsonAsync("/api/events/", server.Terms().With(field, new string('ў', length + 1))).InvalidAsync(field);

        var id = await client.AnnounceAsync(server.Terms().With(field, new string('ў', length)));
        Assert.Equal(length, (await client.GetJsonAsync($"/api/events/{id}/"))[field]!.GetValue<string>().Length);
    }

    [Theory]
    [InlineData("title")]
    [InlineData("location")]
    [InlineData("language")]
    public async Task A_line_of_text_has_no_line_break(string field)
    {
        using var client = await server.SignInAsync("Facilitator");

        await client.PostAsJsonAsync("/api/events/", server.Terms().With(field, "broken\r\nBcc: everybody@example.org")).InvalidAsync(field);

        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from events.events where title || location || language like '%Bcc%'"));
        await client.AnnounceAsync(server.Terms().With("description", "two\r\nlines"));
    }

    [Fact]
    public async Task An_end_before_the_start_is_refused_and_an_end_at_the_start_is_not()
    {
        using var client = await server.SignInAsync("Facilitator");

        await client.PostAsJsonAsync("/api/events/", server.Terms(hours: -1)).InvalidAsync("ends_at");

        await client.AnnounceAsync(server.Terms(hours: 0));
    }

    [Fact]
    public async Task A_start_in_the_past_is_refused()
    {
        using var client = await server.SignInAsync("Facilitator");

        await client.PostAsJsonAsync("/api/events/", server.Terms("too late", startsInHours: -0.01)).RefusedAsync(400, "past_event");

        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from events.events where title = 'too late'"));
    }

    [Fact]
    public async Task An_online_event_has_no_location_and_an_offline_one_no_join_url()
    {
        using var client = await server.SignInAsync("Facilitator");

        var online = await client.GetJsonAsync($"/api/events/{await client.AnnounceAsync(server.Terms().With("event_type", "ONLINE").With("join_url", "https://meet.example/1"))}/");
        var offline = await client.GetJsonAsync($"/api/events/{await client.AnnounceAsync(server.Terms().With("join_url", "https://meet.example/1"))}/");

        Assert.Equal((null, "https://meet.example/1"), ((string?)online["location"], (string?)online["join_url"]));
        Assert.Equal(("Tashkent, Navoiy 1", null), ((string?)offline["location"], (string?)offline["join_url"]));
    }

    [Theory]
    [InlineData("Tashkent", "OFFLINE")]
    [InlineData(null, "ONLINE")]
    [InlineData("", "ONLINE")]
    public async Task Without_a_type_the_location_decides(string? location, string type)
    {
        using var client = await server.SignInAsync("Facilitator");
        var terms = server.Terms().With("location", location);
        terms.Remove("event_type");

        var id = await client.AnnounceAsync(terms);

        Assert.Equal(type, (string?)(await client.GetJsonAsync($"/api/events/{id}/"))["event_type"]);
    }

    [Fact]
    public async Task Start_time_and_end_time_are_other_names_of_the_same()
    {
        using var client = await server.SignInAsync("Facilitator");
        var terms = server.Terms();
        var (start, end) = (terms["starts_at"]!.DeepClone(), terms["ends_at"]!.DeepClone());
        terms.Remove("starts_at");
        terms.Remove("ends_at");

        var id = await client.AnnounceAsync(terms.With("start_time", start).With("end_time", end));

        var stored = await client.GetJsonAsync($"/api/events/{id}/");
        Assert.Equal(start.GetValue<DateTimeOffset>().UtcDateTime, stored["starts_at"]!.GetValue<DateTime>(), TimeSpan.FromMicroseconds(1));
        Assert.Equal(end.GetValue<DateTimeOffset>().UtcDateTime, stored["ends_at"]!.GetValue<DateTime>(), TimeSpan.FromMicroseconds(1));
    }

    [Fact]
    public async Task No_capacity_is_no_limit_and_zero_is_closed()
    {
        using var client = await server.SignInAsync("Facilitator");

        var open = await client.GetJsonAsync($"/api/events/{await client.AnnounceAsync(server.Terms().With("capacity", null))}/");
        var closed = await client.GetJsonAsync($"/api/events/{await client.AnnounceAsync(server.Terms().With("capacity", 0))}/");

        Assert.Equal(((int?)null, (int?)null), ((int?)open["capacity"], (int?)open["available_seats"]));
        Assert.Equal((0, 0), ((int?)closed["capacity"], (int?)closed["available_seats"]));
    }

    [Fact]
    public async Task What_the_caller_may_not_set_is_not_read()
    {
        var organiser = await server.CreateUserAsync("Facilitator");
        using var client = server.SignIn(organiser);

        var id = await client.AnnounceAsync(server.Terms()
            .With("id", 900_000).With("created_by", 1).With("created_at", "2001-01-01T00:00:00Z").With("deleted_at", "2001-01-01T00:00:00Z")
            .With("total_enrollments", 9).With("is_past", true).With("nonsense", "x"));

        var stored = await client.GetJsonAsync($"/api/events/{id}/");
        Assert.NotEqual(900_000, id);
        Assert.Equal(organiser.Id, (long?)stored["created_by"]);
        Assert.Equal((0, false), ((int?)stored["total_enrollments"], (bool?)stored["is_past"]));
        Assert.True(stored["created_at"]!.GetValue<DateTime>() > new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
    }

    [Theory]
    [InlineData("<script>alert('x')</script>")]
    [InlineData("Ўзбекча ʻʼ‘’ — 会議 🎉 \u200Fabc")]
    [InlineData("'; drop table events.events; --")]
    [InlineData("  two  blanks\tand a tab ")]
    public async Task Text_comes_back_as_it_was_sent(string text)
    {
        using var client = await server.SignInAsync("Facilitator");

        var id = await client.AnnounceAsync(server.Terms(text).With("description", text).With("location", text).With("language", text));

        var stored = await client.GetJsonAsync($"/api/events/{id}/");
        Assert.Equal([text, text, text, text], new[] { "title", "description", "location", "language" }.Select(field => (string?)stored[field]));
    }

    [Fact]
    public async Task Only_facilitators_and_staff_announce()
    {
        using var stranger = server.CreateClient();
        using var seeker = await server.SignInAsync("Seeker");
        using var staff = await server.SignInAsync("staff");

        await stranger.PostAsJsonAsync("/api/events/", server.Terms("not allowed")).RefusedAsync(401, "not_authenticated");
        await seeker.PostAsJsonAsync("/api/events/", server.Terms("not allowed")).RefusedAsync(403, "permission_denied");

        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from events.events where title = 'not allowed'"));
        await staff.AnnounceAsync(server.Terms());
    }

    [Fact]
    public async Task The_join_url_is_for_the_organiser_and_staff_alone()
    {
        using var organiser = await server.SignInAsync("Facilitator");
        using var other = await server.SignInAsync("Facilitator");
        using var staff = await server.SignInAsync("staff");
        using var stranger = server.CreateClient();
        var id = await organiser.AnnounceAsync(server.Terms().With("event_type", "ONLINE").With("join_url", "https://meet.example/1"));

        // Twice: the second answer may come from memory.
        for (var round = 0; round < 2; round++)
        {
            Assert.Null((string?)(await stranger.GetJsonAsync($"/api/events/{id}/"))["join_url"]);
            Assert.Null((string?)(await other.GetJsonAsync($"/api/events/{id}/"))["join_url"]);
            Assert.Equal("https://meet.example/1", (string?)(await organiser.GetJsonAsync($"/api/events/{id}/"))["join_url"]);
            Assert.Equal("https://meet.example/1", (string?)(await staff.GetJsonAsync($"/api/events/{id}/"))["join_url"]);
        }
    }

    [Fact]
    public async Task An_event_that_is_not_there_is_not_found()
    {
        using var client = server.CreateClient();

        await client.GetAsync("/api/events/123456789/").RefusedAsync(404, "event_not_found");
        await client.GetAsync("/api/events/99999999999999999999/").RefusedAsync(404, "not_found");
    }

    [Fact]
    public async Task Of_a_long_description_the_beginning_is_searched()
    {
        using var client = await server.SignInAsync("Facilitator");
        var text = string.Concat(Enumerable.Repeat("so‘z ", 399));
        await client.AnnounceAsync(server.Terms("Uzun hikoya").With("description", $"{text}anor {new string('x', 10_000)} bodom"));

        Assert.Equal(["Uzun hikoya"], await client.TitlesAsync("/api/events/?q=anor"));
        Assert.Empty(await client.TitlesAsync("/api/events/?q=bodom"));
    }
}
