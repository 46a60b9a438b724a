using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Maydon.Catalog.Webhooks.Watching;
using Maydon.Tests.Events;
using Maydon.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Maydon.Tests.Catalog.Webhooks;

/// <summary>Who may subscribe, to which addresses, what is told of the secret, and what is kept of the past.</summary>
public sealed partial class WebhookManagementTest(WebhookServer hooks) : IClassFixture<WebhookServer>
{
    private TestServer Server => hooks.Server;

    [Fact]
    public async Task Every_verb_asks_for_its_own_right_and_clients_for_the_right_to_view_them()
    {
        var subscription = await hooks.BeginAsync();
        var clients = await hooks.SubscribeAsync("client");
        using (var ping = await hooks.Keeper.PostAsync(subscription.At("ping/"), content: null))
            Assert.Equal(202, (int)ping.StatusCode);
        await hooks.DrainAsync();
        var delivery = await Server.ScalarAsync<long>("select id from catalog.webhook_deliveries");
        var url = new Uri(hooks.Receiver.Address, "/right").ToString();
        using var anyone = Server.CreateClient();
        foreach (var right in new[] { "view", "add", "change", "delete", "" })
        {
            using var person = await Server.SignInAsync(right.Length == 0 ? ["catalog.view_project", "catalog.change_client"] : [$"catalog.{right}_webhook"]);
            foreach (var (method, at, needed, body, success) in new (HttpMethod, string, string, object?, int)[]
            {
                (HttpMethod.Get, "/api/v1/webhooks/", "view", null, 200), (HttpMethod.Get, subscription.At(), "view", null, 200), (HttpMethod.Get, subscription.At("deliveries/"), "view", null, 200),
                (HttpMethod.Post, "/api/v1/webhooks/", "add", new { list = "project", url }, 201), (HttpMethod.Patch, subscription.At(), "change", new { is_active = true }, 200),
                (HttpMethod.Post, subscription.At("rotate-secret/"), "change", null, 200), (HttpMethod.Post, subscription.At("ping/"), "change", null, 202),
                (HttpMethod.Post, subscription.At($"deliveries/{delivery}/replay/"), "change", null, 202), (HttpMethod.Delete, subscription.At(), "delete", null, 204),
            })
            {
                var before = await StateAsync();
                var (status, answer, _) = await person.SendRecordAsync(method, at, body);
                Assert.True(status == (needed == right ? success : 403), $"{right}: {method} {at}: {status} {answer.ToJsonString()}");
                if (status == 403)
                    Assert.Equal(("permission_denied", before), ((string?)answer["code"], await StateAsync()));
                Assert.Equal(401, (await anyone.SendRecordAsync(method, at, body)).Status);
            }
        }

        // Whoever may not view clients can neither subscribe to them nor find who has, and so not lead their data elsewhere.
        using var manager = await Server.SignInAsync("catalog.view_webhook", "catalog.add_webhook", "catalog.change_webhook", "catalog.delete_webhook");
        await manager.PostAsJsonAsync("/api/v1/webhooks/", new { list = "client", url }).RefusedAsync(403, "permission_denied");
        Assert.DoesNotContain((await manager.GetJsonAsync("/api/v1/webhooks/"))["results"]!.AsArray(), webhook => (string)webhook!["list"]! == "client");
        var kept = await StateAsync();
        foreach (var (method, at, body) in new (HttpMethod, string, object?)[]
        {
            (HttpMethod.Get, clients.At(), null), (HttpMethod.Get, clients.At("deliveries/"), null), (HttpMethod.Patch, clients.At(), new { url }), (HttpMethod.Delete, clients.At(), null),
            (HttpMethod.Post, clients.At("rotate-secret/"), null), (HttpMethod.Post, clients.At("ping/"), null), (HttpMethod.Post, clients.At($"deliveries/{delivery}/replay/"), null),
        })
        {
            var (status, answer, _) = await manager.SendRecordAsync(method, at, body);
            Assert.Equal((404, "webhook_not_found"), (status, (string?)answer["code"]));
        }

        Assert.Equal(kept, await StateAsync());
        using var trusted = await Server.SignInAsync("catalog.add_webhook", "catalog.view_client");
        using var made = await trusted.PostAsJsonAsync("/api/v1/webhooks/", new { list = "client", url });
        Assert.Equal(201, (int)made.StatusCode);

        Task<string?> StateAsync() => Server.ScalarAsync<string>("""
            select concat_ws('|', (select string_agg(w::text, ' ' order by id) from catalog.webhooks w), (select count(*) from catalog.webhook_deliveries))
            """);
    }

    [Fact]
    public async Task The_secret_is_told_when_it_is_made_and_never_again_nor_kept_in_clear()
    {
        Task<long> CountRotationsAsync() => Server.ScalarAsync<long>("select count(*) from kernel.audit_log where action = 'webhook_secret_rotated'");
        var rotations = await CountRotationsAsync();
        var subscription = await hooks.BeginAsync();
        Assert.StartsWith("maydon_whsec_", subscription.Secret, StringComparison.Ordinal);
        using var rotating = await hooks.Keeper.PostAsync(subscription.At("rotate-secret/"), content: null);
        var rotated = (string)(await rotating.ReadAsync())["secret"]!;
        Assert.NotEqual(subscription.Secret, rotated);
        await hooks.AddAsync("projects", 1);
        await hooks.DrainAsync();
        var received = Assert.Single(hooks.Receiver.Deliveries);
        Assert.True(received.IsSignedBy(rotated, Server.Clock.GetUtcNow()));
        Assert.False(received.IsSignedBy(subscription.Secret, Server.Clock.GetUtcNow()));

        var told = received.Body;
        foreach (var at in new[] { "/api/v1/webhooks/", subscription.At(), subscription.At("deliveries/") })
            told += (await hooks.Keeper.GetJsonAsync(at)).ToJsonString();
        using (var changing = await hooks.Keeper.PatchAsJsonAsync(subscription.At(), new { is_active = true }))
            told += (await changing.ReadAsync()).ToJsonString();
        var kept = await Server.ScalarAsync<string>("""
            select concat_ws('|', (select string_agg(w::text || convert_from(decode(replace(encode(w.secret, 'escape'), '\', '/'), 'escape'), 'LATIN1'), ' ') from catalog.webhooks w),
                (select string_agg(d::text, ' ') from catalog.webhook_deliveries d), (select string_agg(a::text, ' ') from kernel.audit_log a),
                (select string_agg(i::text || encode(i.body, 'escape'), ' ') from kernel.idempotency_keys i))
            """);
        foreach (var secret in new[] { subscription.Secret, rotated })
            Assert.DoesNotContain(secret["maydon_whsec_".Length..], told + kept, StringComparison.Ordinal);
        Assert.DoesNotContain("maydon_whsec_", told + kept, StringComparison.Ordinal);
        Assert.Equal(rotations + 1, await CountRotationsAsync());
    }

    [Fact]
    public async Task There_is_one_to_a_list_and_an_address_however_often_it_is_asked_for()
    {
        var first = await hooks.BeginAsync();
        var other = await hooks.SubscribeAsync();
        var url = $"https://localhost/{new string('я', 1_900)}";
        var statuses = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ => (int)(await hooks.Keeper.PostAsJsonAsync("/api/v1/webhooks/", new { list = "project", url })).StatusCode));
        Assert.Equal([201, 409, 409, 409, 409, 409, 409, 409], statuses.Order());
        var problem = await hooks.Keeper.PostAsJsonAsync("/api/v1/webhooks/", new { list = "project", url = url + " " }).RefusedAsync(409, "webhook_exists");
        Assert.Equal("url", (string)problem["field"]!);
        var taken = new Uri(hooks.Receiver.Address, first.Path).ToString();
        await hooks.Keeper.PatchAsJsonAsync(other.At(), new { url = taken }).RefusedAsync(409, "webhook_exists");
        Assert.Equal((3, 1), (await Server.ScalarAsync<long>("select count(*)::int8 from catalog.webhooks"), await Server.ScalarAsync<long>("select count(*) from catalog.webhooks where url = $1", taken)));
        await hooks.SubscribeAsync("client", taken);
    }

    [Theory]
    [InlineData("https://[fd00:ec2::254]/")]
    [InlineData("https://[fd00:ec2::23]/")]
    [InlineData("https://[fd20:ce::254]/")]
    [InlineData("https://[fd00:42::42]/")]
    [InlineData("https://[fd00:c1::a9fe:a9fe]/")]
    [InlineData("https://[fd00:a9fe:a9fe::1]/")]
    [InlineData("ftp://localhost/x")]
    [InlineData("nowhere")]
    [InlineData("https://user:password@localhost/")]
    [InlineData("https://localhost/#part")]
    [InlineData("http://203.0.113.7/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("https://2852039166/")]
    [InlineData("https://[fe80::1]/")]
    [InlineData("https://[::ffff:169.254.169.254]/")]
    [InlineData("https://[64:ff9b::a9fe:a9fe]/")]
    [InlineData("https://0.0.0.0/")]
    public async Task An_address_to_which_nothing_may_go_is_refused(string url)
    {
        var subscription = await hooks.BeginAsync();
        await hooks.Keeper.PostAsJsonAsync("/api/v1/webhooks/", new { list = "project", url }).InvalidAsync("url");
        await hooks.Keeper.PatchAsJsonAsync(subscription.At(), new { url }).InvalidAsync("url");
        await hooks.Keeper.PostAsJsonAsync("/api/v1/webhooks/", new { list = "nothing", url = $"https://localhost/{new string('x', 2_000)}" }).InvalidAsync("list", "url");
        Assert.Equal(1, await Server.ScalarAsync<long>("select count(*) from catalog.webhooks where url like 'http://127.0.0.1:%'"));
    }

    [Theory]
    [InlineData($"http://{WebhookServer.Rebound}/")]
    [InlineData($"https://{WebhookServer.Rebound}/")]
    [InlineData($"http://{WebhookServer.Foreign}/")]
    public async Task A_name_that_leads_to_such_an_address_is_not_called(string url)
    {
        var subscription = await hooks.BeginAsync(url: url);
        using (await hooks.Keeper.PostAsync(subscription.At("ping/"), content: null))
            await hooks.DrainAsync();
        Assert.Equal("waiting|1", await hooks.StateAsync(subscription));
        Assert.StartsWith("The address is one that deliveries may not go to", await Server.ScalarAsync<string>("select error from catalog.webhook_deliveries"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_called_is_the_address_that_was_looked_at()
    {
        var subscription = await hooks.BeginAsync(url: $"http://{WebhookServer.Turning}:{hooks.Receiver.Address.Port}/turning");
        WebhookServer.TakeTurns();
        (await hooks.Keeper.PostAsync(subscription.At("ping/"), content: null)).EnsureSuccessStatusCode().Dispose();
        await hooks.DrainAsync();
        Assert.Equal(("delivered|1|200", 1), (await hooks.StateAsync(subscription), WebhookServer.TakeTurns()));
        Assert.Equal("/turning", Assert.Single(hooks.Receiver.Deliveries).Path);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_none()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        await using var receiver = await WebhookReceiver.StartAsync(certificate);
        Assert.Equal("https", receiver.Address.Scheme);
        var subscription = await hooks.BeginAsync(url: receiver.Address.ToString());
        (await hooks.Keeper.PostAsync(subscription.At("ping/"), content: null)).EnsureSuccessStatusCode().Dispose();
        await hooks.DrainAsync();
        Assert.Equal("waiting|1", await hooks.StateAsync(subscription));
        Assert.Contains("certificate", await Server.ScalarAsync<string>("select error from catalog.webhook_deliveries"), StringComparison.Ordinal);
        Assert.Empty(receiver.Deliveries);
    }

    [Fact]
    public async Task There_are_fifty_at_most_and_a_hundred_waiting_of_each()
    {
        var subscription = await hooks.BeginAsync();
        var url = new Uri(hooks.Receiver.Address, "/many").ToString();
        var statuses = await Task.WhenAll(Enumerable.Range(0, 55).Select(async n => (await hooks.Keeper.PostAsJsonAsync("/api/v1/webhooks/", new { list = "project", url = url + n })).StatusCode));
        Assert.Equal((49, 6), (statuses.Count(status => (int)status == 201), statuses.Count(status => (int)status == 409)));
        await hooks.Keeper.PostAsJsonAsync("/api/v1/webhooks/", new { list = "project", url }).RefusedAsync(409, "too_many_webhooks");
        Assert.Equal(50, await Server.ScalarAsync<long>("select count(*) from catalog.webhooks"));
        var page = await hooks.Keeper.GetJsonAsync("/api/v1/webhooks/?page=3&page_size=20");
        Assert.Equal((50, 10), ((int)page["count"]!, page["results"]!.AsArray().Count));

        await Server.ExecuteAsync("insert into catalog.webhook_deliveries (webhook_id, event, created_at, next_attempt_at) select $1, 'ping', now(), now() from generate_series(1, 98)", subscription.Id);
        var pings = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ => (await hooks.Keeper.PostAsync(subscription.At("ping/"), content: null)).StatusCode));
        Assert.Equal(2, pings.Count(status => (int)status == 202));
        await hooks.Keeper.PostAsync(subscription.At("ping/"), content: null).RefusedAsync(409, "too_many_waiting");
        Assert.Equal(100, await Server.ScalarAsync<long>("select count(*) from catalog.webhook_deliveries"));
    }

    [Fact]
    public async Task The_log_is_filtered_repeated_from_and_goes_back_thirty_days()
    {
        var subscription = await hooks.BeginAsync();
        await hooks.AddAsync("projects", 120);
        hooks.Receiver.Answer = (delivery, context) => Task.FromResult(context.Response.StatusCode = hooks.Receiver.Deliveries.Count == 1 ? 200 : 500);
        await hooks.DrainAsync();
        Assert.Equal(("delivered", "waiting"), (await OnlyAsync("delivered"), await OnlyAsync("waiting")));
        Assert.Equal(0, (int)(await hooks.Keeper.GetJsonAsync(subscription.At("deliveries/?state=dead")))["count"]!);
        await hooks.Keeper.GetAsync(subscription.At("deliveries/?state=lost")).InvalidAsync("state");
        var waiting = await Server.ScalarAsync<long>("select id from catalog.webhook_deliveries where state = 'waiting'");
        await hooks.Keeper.PostAsync(subscription.At($"deliveries/{waiting}/replay/"), content: null).RefusedAsync(409, "delivery_waiting");
        await hooks.Keeper.PostAsync(subscription.At("deliveries/999999/replay/"), content: null).RefusedAsync(404, "delivery_not_found");

        // Being forgotten just now, it is not repeated.
        var done = await Server.ScalarAsync<long>("insert into catalog.webhook_deliveries (webhook_id, event, state, created_at, ended_at) values ($1, 'ping', 'delivered', now(), now()) returning id", subscription.Id);
        await using (var connection = await Server.Database.OpenConnectionAsync())
        {
            await using var forgetting = await connection.BeginTransactionAsync();
            await using var deletion = new NpgsqlCommand("delete from catalog.webhook_deliveries where id = $1", connection) { Parameters = { new() { Value = done } } };
            await deletion.ExecuteNonQueryAsync();
            var repeating = hooks.Keeper.PostAsync(subscription.At($"deliveries/{done}/replay/"), content: null);
            await Task.Delay(500);
            await forgetting.CommitAsync();
            await repeating.RefusedAsync(404, "delivery_not_found");
        }

        Server.Clock.Advance(TimeSpan.FromDays(30) - TimeSpan.FromMinutes(5));
        await Server.RunJobAsync<ForgetDeliveries>();
        Assert.Equal(2, await Server.ScalarAsync<long>("select count(*) from catalog.webhook_deliveries"));
        Server.Clock.Advance(TimeSpan.FromMinutes(10));
        await Server.RunJobAsync<ForgetDeliveries>();
        Assert.Equal(waiting, await Server.ScalarAsync<long>("select min(id) from catalog.webhook_deliveries"));

        async Task<string> OnlyAsync(string state) =>
            (string)Assert.Single((await hooks.Keeper.GetJsonAsync(subscription.At($"deliveries/?state={state}")))["results"]!.AsArray())!["state"]!;
    }

    [Fact]
    public async Task The_guide_verifies_what_is_sent_and_nothing_else()
    {
        var subscription = await hooks.BeginAsync();
        await hooks.AddAsync("projects", 2, "Ўзбек");
        await hooks.DrainAsync();
        var received = Assert.Single(hooks.Receiver.Deliveries);
        var script = Verification().Match(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/webhooks.md"))).Groups["script"].Value;
        Assert.NotEmpty(script);
        Assert.Equal(0, await RunAsync(received.Body, subscription.Secret));
        Assert.NotEqual(0, await RunAsync(received.Body + " ", subscription.Secret));
        Assert.NotEqual(0, await RunAsync(received.Body, subscription.Secret + "x"));

        async Task<int> RunAsync(string body, string secret)
        {
            var start = new ProcessStartInfo("/bin/bash", ["-euo", "pipefail", "-c", script]) { RedirectStandardInput = true, UseShellExecute = false };
            start.Environment["secret"] = secret;
            start.Environment["signature"] = received.Signature;
            start.Environment["now"] = Server.Clock.GetUtcNow().ToUnixTimeSeconds().ToString();
            using var bash = Process.Start(start)!;
            await bash.StandardInput.WriteAsync(body);
            bash.StandardInput.Close();
            await bash.WaitForExitAsync();
            return bash.ExitCode;
        }
    }

    [GeneratedRegex("A receiver verifies[^`]*(?:`[^`]+`[^`]*)*```sh\\n(?<script>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Verification();
}

/// <summary>As it runs by itself: a signal wakes it.</summary>
public sealed class WebhookWakingTest(TestPostgres postgres)
{
    [Fact]
    public async Task A_change_is_sent_when_it_is_committed()
    {
        await using var server = new TestServer(postgres);
        await using var receiver = await WebhookReceiver.StartAsync();
        await server.StartAsync(customise: WebhookServer.Customise, background: true);
        using var keeper = await server.SignInKeeperAsync();
        using (var made = await keeper.PostAsJsonAsync("/api/v1/webhooks/", new { list = "project", url = receiver.Address.ToString() }))
            Assert.Equal(201, (int)made.StatusCode);
        // Past the first look.
        await Task.Delay(TimeSpan.FromSeconds(1));
        await keeper.AddRecordAsync("project", "Wake");
        var watch = Stopwatch.StartNew();
        while (receiver.Deliveries.IsEmpty && watch.Elapsed < TimeSpan.FromSeconds(20))
            await Task.Delay(20);
        // Well before it would look by itself.
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 3.5);
        Assert.Equal(["Wake"], Assert.Single(receiver.Deliveries).Codes);
        await server.EventuallyAsync("select count(*) from catalog.webhook_deliveries where state = 'delivered'", 1);

        // What nobody foresaw ends neither the worker nor the server.
        await server.ExecuteAsync("alter table catalog.webhooks alter lease type double precision");
        await keeper.AddRecordAsync("project", "Fault");
        await server.EventuallyAsync("select count(*) from catalog.webhooks where lease > 1", 1);
        await Task.Delay(TimeSpan.FromMilliseconds(500));
        await server.ExecuteAsync("alter table catalog.webhooks alter lease type bigint; update catalog.webhooks set leased_until = null");
        await keeper.AddRecordAsync("project", "Mended");
        await server.EventuallyAsync("select count(*) from catalog.webhook_deliveries where state = 'delivered'", 2);
        Assert.Equal(["Wake", "Fault", "Mended"], receiver.Deliveries.SelectMany(delivery => delivery.Codes));
    }
}
