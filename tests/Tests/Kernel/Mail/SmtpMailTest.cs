using System.Net.Mail;
using System.Net.Sockets;
using System.Security.Authentication;
using Maydon.Kernel.Mail;
using Maydon.Kernel.Outbox;
using Maydon.Kernel.Settings;
using Maydon.Tests.Support;

namespace Maydon.Tests.Kernel.Mail;

public sealed class SmtpMailTest
{
    [Fact]
    public async Task A_mail_is_handed_over_encrypted_and_signed_in()
    {
        await using var smtp = new SmtpDouble(new SmtpBehaviour { Password = "correct" });
        await SendAsync(smtp, mail => mail with { User = "maydon", Password = "correct" });

        var received = Assert.Single(smtp.Mails);
        Assert.Equal("guest@example.uz", received.To);
        Assert.Equal("Кириллча мавзу", received.Subject);
        Assert.Equal("Салом!\r\n.nuqta bilan", received.Text.TrimEnd());
        Assert.Equal("<20250101T000000.000Z-test-1@localhost>", received.Headers["Message-ID"]);
        Assert.Equal("STARTTLS", Assert.Single(smtp.Commands, command => !command.StartsWith("TLS ", StringComparison.Ordinal) && !command.StartsWith("EHLO", StringComparison.Ordinal)));
        Assert.Contains("TLS MAIL FROM:<noreply@example.org>", smtp.Commands);
        Assert.Contains("TLS RCPT TO:<guest@example.uz>", smtp.Commands);
    }

    [Fact]
    public async Task A_server_without_STARTTLS_gets_neither_password_nor_mail()
    {
        await using var smtp = new SmtpDouble(new SmtpBehaviour { OffersTls = false, Password = "correct" });
        await Assert.ThrowsAsync<SmtpException>(() => SendAsync(smtp, mail => mail with { User = "maydon", Password = "correct" }));
        Assert.DoesNotContain(smtp.Commands, command => command.StartsWith("AUTH", StringComparison.Ordinal) || command.StartsWith("MAIL", StringComparison.Ordinal));
        Assert.Empty(smtp.Mails);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_refused()
    {
        await using var smtp = new SmtpDouble(new SmtpBehaviour { IsTrusted = false, Password = "correct" });
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => SendAsync(smtp, mail => mail with { User = "maydon", Password = "correct" }));
        Assert.IsType<AuthenticationException>(failure as AuthenticationException ?? failure.InnerException);
        Assert.DoesNotContain(smtp.Commands, command => command.Contains("AUTH", StringComparison.Ordinal));
        Assert.Empty(smtp.Mails);
    }

    [Fact]
    public async Task Without_TLS_it_speaks_plainly_when_told_to()
    {
        await using var smtp = new SmtpDouble(new SmtpBehaviour { OffersTls = false });
        await SendAsync(smtp, mail => mail with { UseTls = false });
        Assert.Single(smtp.Mails);
    }

    [Fact]
    public async Task A_recipient_refused_for_good_is_a_permanent_failure()
    {
        await using var smtp = new SmtpDouble(new SmtpBehaviour { RecipientReply = "550 5.1.1 No such user here" });
        var failure = await Assert.ThrowsAsync<PermanentDeliveryException>(() => SendAsync(smtp));
        Assert.Contains("No such user here", failure.Message);
    }

    [Theory]
    [InlineData("450 4.2.1 Mailbox busy")]
    [InlineData("452 4.2.2 Mailbox full")]
    public async Task A_recipient_refused_for_now_is_tried_again(string reply)
    {
        await using var smtp = new SmtpDouble(new SmtpBehaviour { RecipientReply = reply });
        await Assert.ThrowsAnyAsync<SmtpException>(() => SendAsync(smtp));
    }

    [Fact]
    public async Task A_refusal_after_the_data_is_a_failure()
    {
        await using var busy = new SmtpDouble(new SmtpBehaviour { DataReply = "451 4.3.0 Try later" });
        await Assert.ThrowsAnyAsync<SmtpException>(() => SendAsync(busy));
        await using var spam = new SmtpDouble(new SmtpBehaviour { DataReply = "554 5.7.1 Looks like spam" });
        var failure = await Assert.ThrowsAsync<PermanentDeliveryException>(() => SendAsync(spam));
        Assert.Contains("Looks like spam", failure.Message);
    }

    [Fact]
    public async Task A_wrong_password_is_tried_again_for_the_operator_can_mend_it()
    {
        await using var smtp = new SmtpDouble(new SmtpBehaviour { Password = "correct" });
        var failure = await Assert.ThrowsAsync<SmtpException>(() => SendAsync(smtp, mail => mail with { User = "maydon", Password = "wr0ng" }));
        Assert.Contains("not authenticated", failure.Message);
        Assert.DoesNotContain("wr0ng", failure.ToString());
        Assert.Empty(smtp.Mails);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_left_in_time()
    {
        await using var smtp = new SmtpDouble(new SmtpBehaviour { Silence = TimeSpan.FromMinutes(1) });
        await Assert.ThrowsAsync<TimeoutException>(() => SendAsync(smtp, timeout: TimeSpan.FromMilliseconds(300)));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_tried_again()
    {
        var smtp = new SmtpDouble();
        await smtp.DisposeAsync();
        using var free = new TcpListener(System.Net.IPAddress.Loopback, 0);
        free.Start();
        var port = ((System.Net.IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        await Assert.ThrowsAsync<SmtpException>(() => SendAsync(port));
    }

    private static Task SendAsync(SmtpDouble smtp, Func<MailSettings, MailSettings>? change = null, TimeSpan? timeout = null) => SendAsync(smtp.Port, change, timeout);

    private static async Task SendAsync(int port, Func<MailSettings, MailSettings>? change = null, TimeSpan? timeout = null)
    {
        var mail = new MailSettings { Backend = MailBackend.Smtp, Host = "localhost", Port = port, From = "Maydon <noreply@example.org>" };
        var settings = TestServer.Settings(Path.GetTempPath()) with { Mail = change?.Invoke(mail) ?? mail };
        var sender = new SmtpMailSender(settings, new MailComposer(settings));
        if (timeout is { } limit)
            sender.Timeout = limit;
        await sender.SendAsync(
            new OutgoingMail("guest@example.uz", "Кириллча мавзу", "Салом!\n.nuqta bilan", Html: null, "20250101T000000.000Z-test-1", []),
            TestContext.Current.CancellationToken);
    }
}
