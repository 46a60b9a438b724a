using System.Text;
using Maydon.Tests.Support;

namespace Maydon.Tests.Events;

/// <summary><c>/api/facilitator/</c>.</summary>
public sealed class FacilitatorTest(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task My_events_are_mine_alone_the_newest_first()
    {
        using var organiser = await server.SignInAsync("Facilitator");
        using var other = await server.SignInAsync("Facilitator");
        await organiser.AnnounceAsync(server.Terms("first", 48));
        await other.AnnounceAsync(server.Terms("not mine"));
        var second = await organiser.AnnounceAsync(server.Terms("second", 12).With("capacity", 3));
        await server.FillAsync(second, 2);
        var gone = await organiser.AnnounceAsync(server.Terms("gone"));
        await organiser.DeleteAsync($"/api/events/{gone}/");

        var page = await organiser.GetJsonAsync("/api/facilitator/events");

        Assert.Equal(["second", "first"], page["results"]!.AsArray().Select(item => (string)item!["title"]!));
        Assert.Equal((2, 2, 1), ((int)page["count"]!, (int)page["results"]![0]!["total_enrollments"]!, (int)page["results"]![0]!["available_seats"]!));
        page = await organiser.GetJsonAsync("/api/facilitator/events/?page=2&page_size=1");
        Assert.Equal("first", (string?)page["results"]![0]!["title"]);
        Assert.Equal("http://localhost:8000/api/facilitator/events/?page=1&page_size=1", (string?)page["previous"]);
        await organiser.GetAsync("/api/facilitator/events?page=3&page_size=1").RefusedAsync(404, "invalid_page");
    }

    [Fact]
    public async Task My_events_are_for_facilitators()
    {
        using var stranger = server.CreateClient();
        using var seeker = await server.SignInAsync("Seeker");

        await stranger.GetAsync("/api/facilitator/events").RefusedAsync(401, "not_authenticated");
        await seeker.GetAsync("/api/facilitator/events").RefusedAsync(403, "permission_denied");
    }

    [Fact]
    public async Task The_people_of_an_event_are_found_by_name_address_and_status()
    {
        using var organiser = await server.SignInAsync("Facilitator");
        using var staff = await server.SignInAsync("staff");
        var id = await organiser.AnnounceAsync(server.Terms());
        await RegisterAsync(id, "Gulnora Ўқтам", "gulnora@people.example");
        await RegisterAsync(id, "Ҳасан Ali", "hasan@people.example");
        await RegisterAsync(id, "Left Early", "left@people.example", cancel: true);

        Assert.Equal(["gulnora@people.example", "hasan@people.example", "left@people.example"], await EmailsAsync(organiser, ""));
        Assert.Equal(["gulnora@people.example", "hasan@people.example", "left@people.example"], await EmailsAsync(staff, ""));
        Assert.Equal(["gulnora@people.example"], await EmailsAsync(organiser, "search=ЎҚТАМ,gulnora"));
        Assert.Equal(["hasan@people.example"], await EmailsAsync(organiser, "search=HASAN@"));
        Assert.Equal(["hasan@people.example"], await EmailsAsync(organiser, "search=ҳасан ALI"));
        Assert.Empty(await EmailsAsync(organiser, "search=gulnora ali"));
        Assert.Empty(await EmailsAsync(organiser, "search=%25"));
        Assert.Equal(["left@people.example"], await EmailsAsync(organiser, "status=cancelled"));
        Assert.Equal(["hasan@people.example"], await EmailsAsync(organiser, "status=registered&page_size=1&page=2"));
        var person = (await organiser.GetJsonAsync($"/api/facilitator/events/{id}/registrations/?status=cancelled"))["results"]![0]!.AsObject();
        Assert.Equal(["id", "user_id", "full_name", "email", "status", "registered_at", "cancelled_at", "attended_at"], person.Select(field => field.Key));
        Assert.EndsWith("Z", (string?)person["cancelled_at"], StringComparison.Ordinal);
        await organiser.GetAsync($"/api/facilitator/events/{id}/registrations/?status=late").InvalidAsync("status");
        await organiser.GetAsync($"/api/facilitator/events/{id}/registrations/?page=9").RefusedAsync(404, "invalid_page");

        async Task<List<string>> EmailsAsync(HttpClient client, string query) =>
            [.. (await client.GetJsonAsync($"/api/facilitator/events/{id}/registrations/?{query}"))["results"]!.AsArray().Select(found => (string)found!["email"]!)];
    }

    [Fact]
    public async Task The_people_of_an_event_are_for_its_owner_and_staff()
    {
        using var organiser = await server.SignInAsync("Facilitator");
        using var other = await server.SignInAsync("Facilitator");
        using var stranger = server.CreateClient();
        var id = await organiser.AnnounceAsync(server.Terms());
        foreach (var address in new[] { $"/api/facilitator/events/{id}/registrations/", $"/api/facilitator/events/{id}/registrations.csv" })
        {
            await other.GetAsync(address).RefusedAsync(403, "permission_denied");
            await stranger.GetAsync(address).RefusedAsync(401, "not_authenticated");
        }

        await organiser.GetAsync("/api/facilitator/events/123456789/registrations/").RefusedAsync(404, "event_not_found");
        await organiser.GetAsync("/api/facilitator/events/123456789/registrations.csv").RefusedAsync(404, "event_not_found");
    }

    [Fact]
    public async Task The_file_opens_in_a_spreadsheet_and_runs_nothing()
    {
        using var organiser = await server.SignInAsync("Facilitator");
        var id = await organiser.AnnounceAsync(server.Terms());
        await RegisterAsync(id, "=HYPERLINK(\"http://evil.example\",\"x\")", "formula@example.org");
        await RegisterAsync(id, "Ўктам, \"the\" one", "+plus@example.org");
        await RegisterAsync(id, "-1+1", "minus@example.org", cancel: true);

        using var answer = await organiser.GetAsync($"/api/facilitator/events/{id}/registrations.csv?status=registered");

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal("text/csv; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal($"attachment; filename=\"event-{id}-registrations.csv\"", answer.Content.Headers.GetValues("Content-Disposition").Single());
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal([0xEF, 0xBB, 0xBF], bytes[..3]);
        var lines = Encoding.UTF8.GetString(bytes[3..]).Split("\r\n");
        Assert.Equal(4, lines.Length);
        Assert.Equal("id,full_name,email,status,registered_at,cancelled_at,attended_at", lines[0]);
        Assert.Contains(",\"'=HYPERLINK(\"\"http://evil.example\"\",\"\"x\"\")\",\"formula@example.org\",registered,", lines[1], StringComparison.Ordinal);
        Assert.Contains(",\"Ўктам, \"\"the\"\" one\",\"'+plus@example.org\",registered,", lines[2], StringComparison.Ordinal);
        Assert.Equal("", lines[3]);
    }

    [Theory]
    [InlineData("Ali;=cmd", "Ali;'=cmd")]
    [InlineData("Ali\t+1", "Ali\t'+1")]
    [InlineData("Ali|@SUM(A1)", "Ali|'@SUM(A1)")]
    [InlineData("Ali; \"=1", "Ali;' \"\"=1")]
    [InlineData("\u200b\ufeff=1+1", "'\u200b\ufeff=1+1")]
    [InlineData("＝1+1", "'＝1+1")]
    [InlineData("Ali;；－1", "Ali;；－1")]
    [InlineData("x;－1", "x;'－1")]
    [InlineData("Ali-Murod = @home, +1", "Ali-Murod = @home, +1")]
    public async Task No_cell_of_the_file_begins_like_a_formula_whatever_separates_them(string name, string written)
    {
        using var organiser = await server.SignInAsync("Facilitator");
        var id = await organiser.AnnounceAsync(server.Terms());
        await RegisterAsync(id, name, email: null);

        var file = await organiser.GetStringAsync($"/api/facilitator/events/{id}/registrations.csv");

        Assert.Contains($",\"{written}\",\"person", file, StringComparison.Ordinal);
    }

    private async Task RegisterAsync(long id, string name, string? email, bool cancel = false)
    {
        var account = await server.CreatePersonAsync(email, "uz", "Seeker");
        await server.ExecuteAsync("update identity.users set full_name = $2 where id = $1", account.Id, name);
        await server.FillAsync(id, account, cancel);
    }
}
