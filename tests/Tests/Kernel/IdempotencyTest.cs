using System.Net;
using Maydon.Kernel.Http.Idempotency;
using Maydon.Tests.Catalog;
using Maydon.Tests.Support;

namespace Maydon.Tests.Kernel;

public sealed class IdempotencyTest(ProbeServer probe) : IClassFixture<ProbeServer>
{
    [Fact]
    public async Task A_repeat_gets_the_first_answer_and_changes_nothing()
    {
        using var first = await SendAsync("k1", "/api/probe/rows/", "{\"name\":\"repeat\"}");
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        using var again = await SendAsync("k1", "/api/probe/rows/", "{\"name\":\"repeat\"}");
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        Assert.Equal("true", Assert.Single(again.Headers.GetValues("Idempotency-Replayed")));
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Equal(first.Content.Headers.ContentType, again.Content.Headers.ContentType);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Equal(1L, await RowsAsync("repeat"));
    }

    [Theory]
    [InlineData("/api/probe/rows/", "{\"name\":\"other body\"}")]
    [InlineData("/api/probe/rows/?x=1", "{\"name\":\"reused\"}")]
    [InlineData("/api/probe/rows-by-ef/", "{\"name\":\"reused\"}")]
    public async Task A_key_stands_for_one_request(string path, string body)
    {
        var key = $"reused {path} {body}";
        using var first = await SendAsync(key, "/api/probe/rows/", "{\"name\":\"reused\"}");
        await (await SendAsync(key, path, body)).ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
        Assert.Equal(0L, await RowsAsync("other body"));
        Assert.Equal(1L, await RowsAsync("reused"));
    }

    [Fact]
    public async Task A_refusal_is_an_answer_too()
    {
        using var taken = await SendAsync("r0", "/api/probe/rows/", "{\"name\":\"taken\"}");
        using var first = await SendAsync("r1", "/api/probe/rows/", "{\"name\":\"taken\"}");
        await first.ShouldBeProblemAsync(HttpStatusCode.Conflict, "invalid_email");
        await probe.Server.ExecuteAsync("delete from probe where name = 'taken'");
        using var again = await SendAsync("r1", "/api/probe/rows/", "{\"name\":\"taken\"}");
        await again.ShouldBeProblemAsync(HttpStatusCode.Conflict, "invalid_email");
        Assert.True(again.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(0L, await RowsAsync("taken"));
    }

    [Fact]
    public async Task What_has_to_be_received_first_holds_no_transaction_meanwhile_and_is_not_stored_when_it_is_refused()
    {
        using var first = await SendAsync("file", "/api/probe/received/", "{\"file\":\"sound\"}");
        Assert.Equal("""{"before":0,"within":1}""", await first.Content.ReadAsStringAsync());
        using var again = await SendAsync("file", "/api/probe/received/", "{\"file\":\"sound\"}");
        Assert.True(again.Headers.Contains("Idempotency-Replayed"));
        // What is known is told before anything is received again, and so is that the key was another's.
        await (await SendAsync("file", "/api/probe/received/", "{\"file\":\"damaged\"}")).ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
        for (var n = 0; n < 2; n++)
        {
            using var refused = await SendAsync("bad file", "/api/probe/received/", "{\"file\":\"damaged\"}");
            await refused.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "validation_error");
            Assert.False(refused.Headers.Contains("Idempotency-Replayed"));
        }
    }

    [Fact]
    public async Task A_refusal_tells_nothing_of_what_is_not_there()
    {
        using var first = await SendAsync("a0", "/api/probe/announced-rows/", "{\"name\":\"announced\"}");
        Assert.Equal(("/api/probe/rows/1/", "\"1\""), (first.Headers.Location?.OriginalString, first.Headers.ETag?.Tag));
        for (var i = 0; i < 2; i++)
        {
            using var refused = await SendAsync("a1", "/api/probe/announced-rows/", "{\"name\":\"announced\"}");
            Assert.Equal((HttpStatusCode.Conflict, i == 1), (refused.StatusCode, refused.Headers.Contains("Idempotency-Replayed")));
            Assert.Equal((null, null), (refused.Headers.Location, refused.Headers.ETag));
        }
    }

    [Theory]
    [InlineData("/api/probe/fails-after-writing/", HttpStatusCode.InternalServerError)]
    [InlineData("/api/probe/busy-after-writing/", HttpStatusCode.ServiceUnavailable)]
    public async Task A_fault_of_the_server_undoes_the_effect_and_is_never_stored(string path, HttpStatusCode status)
    {
        for (var i = 0; i < 2; i++)
        {
            using var response = await SendAsync($"fault {path}", path, $"{{\"name\":\"{path}\"}}");
            Assert.Equal(status, response.StatusCode);
            Assert.False(response.Headers.Contains("Idempotency-Replayed"));
        }

        Assert.Equal(0L, await RowsAsync(path));
        Assert.Equal(0L, await probe.Server.ScalarAsync<long>("select count(*) from kernel.idempotency_keys where key = $1", $"fault {path}"));
    }

    [Fact]
    public async Task While_the_first_runs_a_second_is_told_so()
    {
        var gate = probe.Server.App.Services.GetRequiredService<ProbeGate>();
        var first = SendAsync("slow", "/api/probe/slow-rows/", "{\"name\":\"slow\"}");
        await gate.Entered.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await (await SendAsync("slow", "/api/probe/slow-rows/", "{\"name\":\"slow\"}")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "in_progress");
        gate.Opened.SetResult();
        Assert.Equal(HttpStatusCode.Created, (await first).StatusCode);
        using var again = await SendAsync("slow", "/api/probe/slow-rows/", "{\"name\":\"slow\"}");
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        Assert.Equal(1L, await RowsAsync("slow"));
    }

    [Fact]
    public async Task Of_20_at_once_exactly_one_takes_effect()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SendAsync("storm", "/api/probe/rows-by-ef/", "{\"name\":\"storm\"}")));
        Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK && !answer.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(1L, await RowsAsync("storm"));
    }

    [Fact]
    public async Task Keys_of_others_are_others()
    {
        using var mine = await SendAsync("same", "/api/probe/rows/", "{\"name\":\"mine\"}", user: 21);
        using var theirs = await SendAsync("same", "/api/probe/rows/", "{\"name\":\"theirs\"}", user: 22);
        Assert.Equal(HttpStatusCode.Created, theirs.StatusCode);
        using var nobodys = await SendAsync("same", "/api/probe/rows/", "{\"name\":\"nobody's\"}", user: null);
        Assert.Equal(HttpStatusCode.Created, nobodys.StatusCode);
        Assert.Equal(2L, await probe.Server.ScalarAsync<long>("select count(*) from kernel.idempotency_keys where key = 'same'"));
    }

    [Theory]
    [InlineData("tab\tinside")]
    [InlineData("ключ")]
    public async Task A_key_that_is_none_is_refused(string key) =>
        await (await SendAsync(key, "/api/probe/rows/", "{\"name\":\"bad key\"}")).ShouldNameAsync("Idempotency-Key");

    [Fact]
    public async Task The_longest_key_is_255_characters()
    {
        Assert.Equal(HttpStatusCode.Created, (await SendAsync(new string('x', 255), "/api/probe/rows/", "{\"name\":\"255\"}")).StatusCode);
        await (await SendAsync(new string('x', 256), "/api/probe/rows/", "{\"name\":\"256\"}")).ShouldNameAsync("Idempotency-Key");
        Assert.Equal(0L, await RowsAsync("256"));
    }

    [Fact]
    public async Task Answers_with_secrets_are_never_stored()
    {
        using var first = await SendAsync("secret", "/api/probe/tokens/", "{\"name\":\"secret\"}");
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        await (await SendAsync("secret", "/api/probe/tokens/", "{\"name\":\"secret\"}")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "invalid_email");
        Assert.Equal(0L, await probe.Server.ScalarAsync<long>("select count(*) from kernel.idempotency_keys where key = 'secret'"));
    }

    [Fact]
    public async Task Some_record_their_own_answer_and_hear_of_known_ones()
    {
        using var first = await SendAsync("own", "/api/probe/own/", "{}", user: 31);
        Assert.Equal("user:31", (await first.ReadAsync()).GetProperty("ticket").GetString());
        Assert.Equal(0L, await probe.Server.ScalarAsync<long>("select count(*) from kernel.idempotency_keys where key = 'own'"));
        using var without = await probe.CreateClient(user: 31).PostAsync("/api/probe/own/", Wire.Json("{}"));
        Assert.Equal("{\"ticket\":null}", await without.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task After_24_hours_a_key_is_free_again()
    {
        var server = new ProbeServer(postgres: probe.Postgres);
        await using (server)
        {
            await server.InitializeAsync();
            using var first = await SendAsync(server, "day", "/api/probe/rows-by-ef/", "{\"name\":\"day 1\"}", 1);
            server.Server.Clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromMinutes(1));
            await (await SendAsync(server, "day", "/api/probe/rows-by-ef/", "{\"name\":\"day 2\"}", 1)).ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
            server.Server.Clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(HttpStatusCode.OK, (await SendAsync(server, "day", "/api/probe/rows-by-ef/", "{\"name\":\"day 2\"}", 1)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await SendAsync(server, "later", "/api/probe/rows-by-ef/", "{\"name\":\"later\"}", 1)).StatusCode);

            await server.Server.ExecuteAsync("update kernel.idempotency_keys set created_at = created_at - interval '24 hours' where key = 'day'");
            await ActivatorUtilities.CreateInstance<ForgetOldAnswers>(server.Server.App.Services).RunAsync(CancellationToken.None);
            Assert.Equal("later", await server.Server.ScalarAsync<string>("select string_agg(key, ',') from kernel.idempotency_keys"));
        }
    }

    [Fact]
    public async Task A_repeat_has_the_entity_tag_and_after_412_the_same_change_goes_on_under_its_key()
    {
        using var keeper = probe.CreateClient((await probe.Server.CreateUserAsync("superuser")).Id, "superuser");
        await keeper.AddRecordAsync("project", "Tagged");
        var (first, again) = (await ChangeAsync("\"1\"", "one"), await ChangeAsync("\"1\"", "one"));
        Assert.Equal((200, true), (first.Status, first.Tag is not null));
        Assert.Equal((first.Status, first.Body.ToJsonString(), first.Tag), (again.Status, again.Body.ToJsonString(), again.Tag));

        Assert.Equal(412, (await ChangeAsync("\"1\"", "two")).Status);
        var next = await ChangeAsync(first.Tag, "two");
        Assert.Equal(200, next.Status);
        // Done under this key, whatever version is asked for now.
        Assert.Equal((200, next.Tag), ((await ChangeAsync("\"1\"", "two")).Status, (await ChangeAsync("\"1\"", "two")).Tag));
        // To replace is not to change.
        var (status, reused, _) = await keeper.SendRecordAsync(HttpMethod.Put, "/api/v1/project/Tagged/", new { name = "two" });
        Assert.Equal((422, "idempotency_key_reused"), (status, (string?)reused["code"]));
        Assert.Equal(("two", 3L), (
            await probe.Server.ScalarAsync<string>("select name from catalog.projects where code = 'Tagged'"), await probe.Server.ScalarAsync<long>("select version from catalog.projects where code = 'Tagged'")));

        Task<(int Status, System.Text.Json.Nodes.JsonNode Body, string? Tag)> ChangeAsync(string? ifMatch, string key)
        {
            keeper.DefaultRequestHeaders.Remove("Idempotency-Key");
            keeper.DefaultRequestHeaders.Add("Idempotency-Key", key);
            return keeper.SendRecordAsync(HttpMethod.Patch, "/api/v1/project/Tagged/", new { name = key }, ifMatch);
        }
    }

    private Task<HttpResponseMessage> SendAsync(string key, string path, string body, long? user = 1) => SendAsync(probe, key, path, body, user);

    private static async Task<HttpResponseMessage> SendAsync(ProbeServer server, string key, string path, string body, long? user)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Wire.Json(body) };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await server.CreateClient(user).SendAsync(request);
    }

    private Task<long> RowsAsync(string name) => probe.Server.ScalarAsync<long>("select count(*) from probe where name = $1", name);
}
