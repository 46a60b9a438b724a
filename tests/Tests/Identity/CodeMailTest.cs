using Maydon.Tests.Support;

namespace Maydon.Tests.Identity;

/// <summary>The mail that brings a code: to whom, in which language, and when there is no point in sending it.</summary>
public sealed class CodeMailTest(IdentityServer identity) : IClassFixture<IdentityServer>
{
    [Theory]
    [InlineData("uz", "Emailingizni tasdiqlang")]
    [InlineData("uz-Cyrl", "Электрон почтангизни тасдиқланг")]
    [InlineData("ru", "Подтвердите адрес электронной почты")]
    [InlineData("en", "Verify your email")]
    [InlineData("kaa", "Emailingizni tasdiqlang")]
    public async Task A_sign_up_brings_one_mail_with_the_code_in_the_persons_language(string language, string subject)
    {
        var email = $"mail-{language.ToLowerInvariant()}@example.org";
        await SignUpAsync(email, language);
        var code = await identity.CodeAsync(email);
        var mail = Assert.Single(await identity.Server.ReceiveMailsAsync(email));
        Assert.Equal(subject, mail.Subject);
        Assert.Contains(code, mail.Text, StringComparison.Ordinal);
        Assert.Contains(code, mail.Html, StringComparison.Ordinal);
        Assert.Contains("5", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reset_brings_a_mail_of_its_own()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        await identity.Anyone.PostAsync("/auth/password/reset", new { email = person.Email });
        var code = await identity.CodeAsync(person.Email);
        var mail = Assert.Single(await identity.Server.ReceiveMailsAsync(person.Email));
        Assert.Equal("Parolni tiklash", mail.Subject);
        Assert.Contains(code, mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_is_mailed_who_has_no_account_or_cannot_use_the_code()
    {
        var verified = await identity.CreatePersonAsync("Seeker");
        var inactive = await identity.CreatePersonAsync("Seeker");
        await identity.Server.ExecuteAsync("update identity.users set is_active = false where id = $1", inactive.Id);
        await identity.Anyone.PostAsync("/auth/resend-otp", new { email = verified.Email });
        await identity.Anyone.PostAsync("/auth/resend-otp", new { email = "no-one@example.org" });
        await identity.Anyone.PostAsync("/auth/password/reset", new { email = "no-one@example.org" });
        await identity.Anyone.PostAsync("/auth/password/reset", new { email = inactive.Email });

        foreach (var email in new[] { verified.Email, inactive.Email, "no-one@example.org" })
            Assert.Empty(await identity.Server.ReceiveMailsAsync(email));
        Assert.Equal(0, await identity.Server.ScalarAsync<long>("select count(*) from kernel.outbox where state = 'pending'"));
    }

    [Fact]
    public async Task A_code_that_is_used_replaced_burnt_or_late_is_not_mailed()
    {
        string[] emails = ["used@example.org", "replaced@example.org", "burnt@example.org"];
        foreach (var email in emails)
            await SignUpAsync(email, "uz");
        await identity.Anyone.PostAsync("/auth/verify-email", new { email = emails[0], otp = await identity.CodeAsync(emails[0]) });
        identity.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        await identity.Anyone.PostAsync("/auth/resend-otp", new { email = emails[1] });
        for (var i = 0; i < 3; i++)
            await identity.Anyone.PostAsync("/auth/verify-email", new { email = emails[2], otp = await identity.WrongCodeAsync(emails[2]) });

        var fresh = await identity.CodeAsync(emails[1]);
        var replaced = Assert.Single(await identity.Server.ReceiveMailsAsync(emails[1]));
        Assert.Contains(fresh, replaced.Text, StringComparison.Ordinal);
        Assert.Empty(await identity.Server.ReceiveMailsAsync(emails[0]));
        Assert.Empty(await identity.Server.ReceiveMailsAsync(emails[2]));

        await SignUpAsync("slow@example.org", "uz");
        identity.Server.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Empty(await identity.Server.ReceiveMailsAsync("slow@example.org"));
    }

    private async Task SignUpAsync(string email, string language)
    {
        using var answer = await identity.Anyone.PostAsync("/auth/signup", new { email, password = IdentityServer.Password, role = "Seeker", language });
        Assert.True(answer.IsSuccessStatusCode);
    }
}
