using System.Net.Mail;
using Maydon.Kernel.Mail;
using Maydon.Kernel.Outbox;
using Maydon.Kernel.Persistence;
using Maydon.Tests.Support;

namespace Maydon.Tests.Kernel.Mail;

public sealed class FileMailTest(TestServer server) : IClassFixture<TestServer>
{
    private static readonly MailAttachment s_image = new("qr.png", "image/png", [1, 2, 3], ContentId: "qr");
    private static readonly MailAttachment s_calendar = new("invite.ics", "text/calendar; charset=utf-8; method=PUBLISH", "BEGIN:VCALENDAR\r\n"u8.ToArray());

    [Fact]
    public async Task A_mail_arrives_as_it_was_written_in_every_script()
    {
        await SendAsync(New("1-all") with { Subject = "Siz yozildingiz — ты записан(а) на встречу разработчиков, ўзбекча ҳам 🎉 и ещё немного длинного текста" });

        var mail = Assert.Single(await server.ReceiveMailsAsync("all@example.uz"));
        Assert.Equal("Siz yozildingiz — ты записан(а) на встречу разработчиков, ўзбекча ҳам 🎉 и ещё немного длинного текста", mail.Subject);
        Assert.Equal("Maydon <noreply@localhost>", mail.Headers["From"].Replace("\"", ""));
        Assert.Equal("<1-all@localhost>", mail.Headers["Message-ID"]);
        Assert.True(DateTimeOffset.TryParse(mail.Headers["Date"], out _));
        Assert.Equal("Салом!\r\nKod: 123456\r\n.nuqta", mail.Text);
        Assert.Equal("<p>Салом! <img src=\"cid:qr\"></p>", mail.Html);
        Assert.Equal(["text/plain", "text/html", "image/png", "text/calendar"], mail.Parts.Select(part => part.MediaType));
        Assert.Equal("<qr>", mail.Parts[2].Headers["Content-ID"]);
        Assert.Equal([1, 2, 3], mail.Parts[2].Content);
        Assert.Equal("attachment; filename=invite.ics", mail.Parts[3].Headers["Content-Disposition"]);
        Assert.Equal("text/calendar; charset=utf-8; method=PUBLISH; name=invite.ics".Split("; ").Order(), mail.Parts[3].Headers["Content-Type"].Split("; ").Order());
        Assert.Equal(s_calendar.Content, mail.Parts[3].Content);
    }

    [Fact]
    public async Task A_repeated_mail_replaces_itself()
    {
        var mail = New("2-twice") with { To = "twice@example.uz" };
        await SendAsync(mail);
        await SendAsync(mail);
        Assert.Single(await server.ReceiveMailsAsync("twice@example.uz"));
    }

    [Fact]
    public async Task No_text_can_add_a_header()
    {
        await SendAsync(New("3-evil") with { To = "evil@example.uz", Subject = "Hello\r\nBcc: victim@example.org\r\n\r\nbody\u0085\u2028x" });

        var mail = Assert.Single(await server.ReceiveMailsAsync("evil@example.uz"));
        Assert.StartsWith("Hello Bcc: victim@example.org body", mail.Subject, StringComparison.Ordinal);
        Assert.False(mail.Headers.ContainsKey("Bcc"));
    }

    [Theory]
    [InlineData("a@example.uz\r\nBcc: victim@example.org")]
    [InlineData("a@example.uz, b@example.uz")]
    [InlineData("nobody")]
    [InlineData("")]
    public async Task What_is_not_one_address_is_refused_for_good(string to) =>
        await Assert.ThrowsAsync<PermanentDeliveryException>(() => SendAsync(New("4-none") with { To = to }));

    [Fact]
    public async Task A_line_too_long_for_mail_servers_is_wrapped_in_base64()
    {
        var text = new string('ў', 2000);
        await SendAsync(New("5-long") with { To = "long@example.uz", Text = text });

        var mail = Assert.Single(await server.ReceiveMailsAsync("long@example.uz"));
        Assert.Equal(text, mail.Text);
        var raw = await File.ReadAllLinesAsync(Path.Combine(server.DataDir, "mail", "5-long.eml"));
        Assert.All(raw, line => Assert.True(line.Length <= 998));
    }

    [Fact]
    public async Task Only_the_owner_may_read_mails_and_nothing_half_written_stays()
    {
        await SendAsync(New("6-owner") with { To = "owner@example.uz" });
        var directory = new DirectoryInfo(Path.Combine(server.DataDir, "mail"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, directory.UnixFileMode);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => server.App.Services.GetRequiredService<IMailSender>().SendAsync(New("7-cancelled"), new CancellationToken(canceled: true)));
        Assert.DoesNotContain(directory.GetFileSystemInfos(), entry => entry.Name.Contains("7-cancelled") || Directory.Exists(entry.FullName));
    }

    [Fact]
    public async Task A_mail_is_made_where_nobody_else_can_look_also_in_a_directory_of_everybodys()
    {
        var shared = Directory.CreateTempSubdirectory("maydon-shared-");
        try
        {
            File.SetUnixFileMode(shared.FullName, (UnixFileMode)0b111_111_111);
            var seen = new List<UnixFileMode>();
            using var message = new MailMessage("a@example.uz", "b@example.uz");
            message.Attachments.Add(new Attachment(new Witness(() => seen.AddRange(shared.GetDirectories().Select(making => making.UnixFileMode))), "ticket.png"));
            await EmlWriter.WriteAsync(message, shared.FullName, TestContext.Current.CancellationToken);
            Assert.Equal([UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute], seen.Distinct());
            Assert.Empty(shared.GetFileSystemInfos());
        }
        finally
        {
            shared.Delete(recursive: true);
        }
    }

    /// <summary>Looks round while the mail is being written.</summary>
    private sealed class Witness(Action look) : MemoryStream([1, 2, 3])
    {
        public override int Read(byte[] buffer, int offset, int count)
        {
            look();
            return base.Read(buffer, offset, count);
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            look();
            return base.ReadAsync(buffer, cancellationToken);
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            look();
            return base.ReadAsync(buffer, offset, count, cancellationToken);
        }
    }

    [Fact]
    public async Task The_test_mail_goes_out_at_once()
    {
        await using var scope = server.App.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<SendTestMail>().RunAsync("operator@example.uz", TestContext.Current.CancellationToken);
        var mail = Assert.Single(await server.ReceiveMailsAsync("operator@example.uz"));
        Assert.Contains("http://localhost:8000", mail.Text);
        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from kernel.outbox"));
    }

    private Task SendAsync(OutgoingMail mail) => server.App.Services.GetRequiredService<IMailSender>().SendAsync(mail, TestContext.Current.CancellationToken);

    private static OutgoingMail New(string key) => new(
        "all@example.uz", "Subject", "Салом!\nKod: 123456\n.nuqta", "<p>Салом! <img src=\"cid:qr\"></p>", key, [s_calendar, s_image]);
}
