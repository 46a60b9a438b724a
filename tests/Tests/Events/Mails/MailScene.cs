using Maydon.Events.Mails;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;

namespace Maydon.Tests.Events.Mails;

/// <summary>A server with somebody who registers for events, and the postman.</summary>
internal sealed class MailScene : IAsyncDisposable
{
    private MailScene(TestServer server, TestAccount guest) => (Server, Guest) = (server, guest);

    public TestServer Server { get; }
    public TestAccount Guest { get; }

    /// <summary>Signed in anew each time, for the clock moves on.</summary>
    public HttpClient Client => Server.SignIn(Guest);

    public static async Task<MailScene> StartAsync(TestPostgres postgres, string language = "en")
    {
        var server = new TestServer(postgres);
        await server.StartAsync();
        return new MailScene(server, await server.CreatePersonAsync(email: null, language, "Seeker"));
    }

    /// <summary>An event in Tashkent, two hours long, that starts in so much time.</summary>
    public Task<long> AddEventAsync(TimeSpan startsIn, string? joinUrl = null) => Server.AddEventAsync(capacity: null, startsIn, joinUrl);

    public async Task<string> RegisterAsync(long eventId)
    {
        var answer = await Client.RegisterAsync(eventId);
        Assert.Equal("201 registered", answer.ToString());
        return answer.Body.GetProperty("ticket_code").GetString()!;
    }

    public async Task CancelAsync(long eventId) => Assert.Equal("200 cancelled", (await Client.CancelAsync(eventId)).ToString());

    /// <summary>Lets time pass, then runs the minute's job and sends what is due.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        Server.Clock.Advance(time);
        await Server.RunJobAsync<QueueDueMails>();
        await Server.ReceiveMailsAsync();
    }

    /// <summary>Every mail the guest ever got, oldest first.</summary>
    public Task<List<ReceivedMail>> MailsAsync() => Server.ReceiveMailsAsync(Guest.Email);

    /// <summary>Their kinds, without <c>events.</c>, for example <c>confirmation thank_you</c>.</summary>
    public async Task<string> KindsAsync() => string.Join(' ', (await MailsAsync()).Select(mail => mail.Kind["events.".Length..]));

    /// <summary>Why mails of a kind were not sent.</summary>
    public async Task<string?> SkippedBecauseAsync(string kind) =>
        await Server.ScalarAsync<string>("select string_agg(last_error, '; ') from kernel.outbox where kind = $1 and state = 'skipped'", kind);

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
