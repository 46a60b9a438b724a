using System.Net;
using System.Text.RegularExpressions;
using Maydon.Inventory.Holds;
using Maydon.Tests.Registrations;
using Maydon.Tests.Shop.Carts;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Orders;

/// <summary>Which mail goes out when, and what it says.</summary>
public sealed partial class OrderMailsTest(TestServer server, TestPostgres postgres) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_guest_is_told_what_they_ordered_and_may_come_back_by_the_link()
    {
        var variant = await server.OfferAsync(price: 1234.50m);
        using var guest = server.CreateBrowser();
        guest.DefaultRequestHeaders.AcceptLanguage.ParseAdd("ru");
        await guest.AddAsync(variant, 2);
        var contact = OrderScene.Contact("Шаҳноза", "shahnoza@example.org");
        contact["note"] = "Позвоните,\nу подъезда код 45";
        var answer = await guest.CheckOutAsync(contact);
        await server.ReceiveMailsAsync();

        var mail = Assert.Single(await server.ReceiveMailsAsync("shahnoza@example.org"));

        var number = answer.Body.GetProperty("order_number").GetString()!;
        Assert.Equal("shop.order_received", mail.Kind);
        Assert.Equal($"Мы получили ваш заказ {number}", mail.Subject);
        foreach (var text in new[] { mail.Text, WebUtility.HtmlDecode(mail.Html) })
        {
            foreach (var expected in new[] { "Здравствуйте, Шаҳноза!", "Thing", "2 × 1\u00a0234,50 = 2\u00a0469\u00a0сум", "Позвоните, у подъезда код 45", "с этим адресом оформлен заказ", number, "Amir Temur", "по Ташкенту" })
                Assert.Contains(expected, text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("аккаунт", mail.Text, StringComparison.Ordinal);
        Assert.Contains("до оплаты и отменить", mail.Text, StringComparison.Ordinal);
        using var elsewhere = server.CreateClient();
        var link = new Uri(Link().Match(mail.Text).Value);
        Assert.Equal("200 pending", (await elsewhere.GetAnswerAsync(link.PathAndQuery)).ToString());
    }

    [Fact]
    public async Task Each_step_is_told_once_and_what_is_no_longer_true_never()
    {
        var variant = await server.OfferAsync();
        var account = await server.CreateUserAsync();
        using var staff = await server.SignInAsync("staff");
        var (buyer, id) = await server.OrderAsync(variant, account: account);
        await server.ReceiveMailsAsync();
        await server.PayAsync(id);
        await QueuePaidAsync(id);
        await server.ReceiveMailsAsync();
        await staff.PatchStatusAsync(id, "shipped");
        await staff.PatchStatusAsync(id, "delivered");
        var (other, changedMind) = await server.OrderAsync(variant, account: account);
        await other.CancelOrderAsync(changedMind);
        await server.ReceiveMailsAsync();
        await server.ReceiveMailsAsync();

        var mails = await server.ReceiveMailsAsync(account.Email);

        Assert.Equal(["shop.order_received", "shop.order_paid", "shop.order_shipped", "shop.order_cancelled"], mails.Select(mail => mail.Kind));
        Assert.Equal("the order was cancelled", await server.ScalarAsync<string>(
            "select last_error from kernel.outbox where kind = 'shop.order_received' and subject like 'order:' || $1 || ':%' and state = 'skipped'", changedMind));
        // Whoever has an account signs in: no link of theirs lies in a mailbox.
        Assert.All(mails, mail => Assert.DoesNotContain("token=", mail.Text, StringComparison.Ordinal));
        Assert.Contains("Soʻraganingizdek", mails[3].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_mail_of_a_cancelled_order_says_why_and_what_becomes_of_the_money()
    {
        await using var fresh = new TestServer(postgres);
        await fresh.StartAsync();
        var variant = await fresh.OfferAsync(price: 10m);
        using var staff = await fresh.SignInAsync("staff");
        var (paidBy, late) = (await fresh.CreatePersonAsync(email: null, "en"), await fresh.CreatePersonAsync(email: null, "uz-Cyrl"));
        var (_, paid) = await fresh.OrderAsync(variant, account: paidBy);
        await fresh.PayAsync(paid);
        await staff.CancelOrderAsync(paid);
        await fresh.OrderAsync(variant, account: late);
        fresh.Clock.Advance(TimeSpan.FromMinutes(31));
        await fresh.RunJobAsync<ReleaseDueHolds>();
        await fresh.ReceiveMailsAsync();

        var refunded = Assert.Single(await fresh.ReceiveMailsAsync(paidBy.Email));
        var unpaid = Assert.Single(await fresh.ReceiveMailsAsync(late.Email));

        Assert.Contains("the shop has cancelled the order", refunded.Text, StringComparison.Ordinal);
        Assert.Contains("What you paid (10\u00a0UZS) will be returned", refunded.Text, StringComparison.Ordinal);
        Assert.Contains("Тўлов ўз вақтида келиб тушмади", unpaid.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("қайтарилади", unpaid.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_receipt_comes_with_the_mail_and_can_be_fetched_again()
    {
        var variant = await server.OfferAsync(price: 999.99m);
        await server.ExecuteAsync("update shop.products set name = 'Oʻzbekcha choynak, gʻoyat katta; қовурилган чой ва ҳоказо' where id = $1", variant.ProductId);
        using var guest = server.CreateBrowser();
        await guest.AddAsync(variant, 2);
        var contact = OrderScene.Contact("Gʻulom Ўткиров", "gulom@example.org");
        contact["note"] = "https://maps.example/x";
        contact["address"] = "Chilonzor 5, https://maps.example/y";
        var answer = await guest.CheckOutAsync(contact);
        var id = answer.Body.GetProperty("order_id").GetInt64();
        Assert.Equal("409 order_not_paid", (await guest.GetAnswerAsync($"/api/orders/{id}/receipt/")).ToString());
        await server.PayAsync(id);
        await QueuePaidAsync(id);
        await server.ReceiveMailsAsync();

        var mail = (await server.ReceiveMailsAsync("gulom@example.org")).Single(mail => mail.Kind == "shop.order_paid");
        using var fetched = await guest.GetAsync($"/api/orders/{id}/receipt/");
        using var stranger = server.CreateClient();

        Assert.DoesNotContain("maps.example", mail.Text, StringComparison.Ordinal);
        Assert.Contains("token=", mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("bekor", mail.Text, StringComparison.Ordinal);
        var number = answer.Body.GetProperty("order_number").GetString();
        var page = Assert.Single(await PdfReader.ReadPagesAsync(mail.Attachment($"receipt-{number}.pdf")));
        foreach (var expected in new[] { $"Chek {number}", "Gʻulom Ўткиров", "Oʻzbekcha choynak, gʻoyat katta;", "қовурилган", "ҳоказо", variant.Sku, "999,99", "1 999,98", "Jami" })
            Assert.Contains(expected, page.Replace('\u00a0', ' '), StringComparison.Ordinal);
        Assert.Equal("application/pdf", fetched.Content.Headers.ContentType?.MediaType);
        Assert.Equal(page, Assert.Single(await PdfReader.ReadPagesAsync(await fetched.Content.ReadAsByteArrayAsync())));
        Assert.Equal("404 order_not_found", (await stranger.GetAnswerAsync($"/api/orders/{id}/receipt/")).ToString());
    }

    /// <summary>As the payment does it.</summary>
    private Task QueuePaidAsync(long orderId) => server.ExecuteAsync(
        """
        insert into kernel.outbox (kind, subject, payload, due_at)
        select 'shop.order_paid', 'order:' || id || ':' || claim_id, jsonb_build_object('order_id', id), now() from shop.orders where id = $1
        """,
        orderId);

    [GeneratedRegex(@"http\S+token=\S+")]
    private static partial Regex Link();
}
