using System.Globalization;
using Maydon.Kernel.Localization;
using Maydon.Kernel.Mail;
using Maydon.Kernel.Outbox;
using Maydon.Kernel.Settings;
using Maydon.Shop.Orders.Deciding;
using Maydon.Shop.Orders.Placing;
using Maydon.Shop.Orders.Reading;
using Maydon.Shop.Orders.Receipts;

namespace Maydon.Shop.Orders.Mails;

/// <summary>Writes the mails about an order, in its language.</summary>
internal sealed class OrderMailComposer(MaydonSettings settings, OrderLinks links)
{
    /// <param name="isRefunded">Money was received and goes back.</param>
    public OutgoingMail Compose(OutboxDelivery delivery, OrderState order, bool isRefunded)
    {
        var language = Messages.CultureOf(order.Language);
        var key = delivery.Kind.Replace("shop.", "mail_", StringComparison.Ordinal);
        string Say(string suffix, params object?[] arguments) => Messages.Text(language, suffix, arguments);

        // Also for buyers with an account: the order may name somebody else's address.
        var document = new MailDocument(language, settings.PublicUrl, Say($"{key}_title", order.Number)) { FooterKey = "mail_order_footer" };
        document.Paragraph(Say("mail_greeting", order.Contact.FullName));
        document.Paragraph(delivery.Kind switch
        {
            OrderMailKinds.Received => Say("mail_order_received_text", LocalTime.Moment(language, order.HoldExpiresAt!.Value)),
            OrderMailKinds.Shipped => Say("mail_order_shipped_text", order.Contact.Address),
            OrderMailKinds.Cancelled => Say(CancelledText(order)),
            _ => Say($"{key}_text"),
        });
        if (delivery.Kind == OrderMailKinds.Cancelled && isRefunded)
            document.Paragraph(Say("mail_order_refund", MoneyText.Tell(language, order.Total, order.Currency)));
        document.Facts(ListLines(language, order));
        document.Facts(ListFacts(language, order));
        // A person signs in; a guest has nothing but this link. What has ended needs none.
        if (order.GuestHash is not null && delivery.Kind != OrderMailKinds.Cancelled)
        {
            document.Button(Say("mail_order_view"), links.To(order));
            document.Note(Say(delivery.Kind == OrderMailKinds.Received ? "mail_order_link_note" : "mail_order_link_note_paid"));
        }

        var attachments = new List<MailAttachment>();
        // Without its font there is no receipt; then the mail does not speak of one.
        if (delivery.Kind == OrderMailKinds.Paid && ReceiptFonts.Find() is { } fonts)
        {
            document.Note(Say("mail_order_receipt_note"));
            attachments.Add(new MailAttachment(Receipt.FileName(order), "application/pdf", Receipt.Draw(order, settings.PublicUrl, fonts)));
        }

        return delivery.ToMail(order.Contact.Email, Say($"{key}_subject", order.Number), document.ToText(), document.ToHtml(), attachments);
    }

    private static string CancelledText(OrderState order) => order.CancelReason switch
    {
        CancelReason.ByBuyer => "mail_order_cancelled_by_buyer",
        CancelReason.HoldExpired or CancelReason.NotPaid => "mail_order_cancelled_unpaid",
        CancelReason.ByShop => "mail_order_cancelled_by_shop",
        _ => "mail_order_cancelled_text",
    };

    private static IEnumerable<MailFact> ListLines(CultureInfo language, OrderState order)
    {
        foreach (var line in order.Lines)
        {
            var name = string.Join(", ", OrderedItem.AttributesOf(line).Select(attribute => attribute.Value).Prepend(line.ProductName));
            yield return new MailFact(name, $"{line.Quantity} × {MoneyText.Amount(language, line.Price, order.Currency)} = {MoneyText.Tell(language, line.Total, order.Currency)}");
        }

        yield return new MailFact(Messages.Text(language, "mail_order_total"), MoneyText.Tell(language, order.Total, order.Currency));
    }

    private static IEnumerable<MailFact> ListFacts(CultureInfo language, OrderState order)
    {
        yield return new MailFact(Messages.Text(language, "mail_order_number"), order.Number);
        // A courier may need a link, a stranger's mailbox does not.
        if (!NoWebAddressAttribute.IsIn(order.Contact.Address))
            yield return new MailFact(Messages.Text(language, "mail_order_address"), order.Contact.Address.ReplaceLineEndings(", "));
        yield return new MailFact(Messages.Text(language, "mail_order_phone"), order.Contact.Phone);
        if (order.Contact.Note is { } note && !NoWebAddressAttribute.IsIn(note))
            yield return new MailFact(Messages.Text(language, "mail_order_note"), note.ReplaceLineEndings(" "));
    }
}
