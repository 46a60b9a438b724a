using System.Globalization;
using Maydon.Kernel.Localization;
using Maydon.Shop.Orders.Deciding;
using Maydon.Shop.Orders.Reading;
using Maydon.Shop.Orders.Receipts.Pdf;

namespace Maydon.Shop.Orders.Receipts;

/// <summary>The receipt of a paid order: A4, in the language of the order, as many pages as its lines need.</summary>
internal sealed class Receipt
{
    private const double Margin = 50;
    private const double Right = PdfPage.Width - Margin;
    private const double Bottom = PdfPage.Height - Margin - 26;
    private const double RowGap = 6;

    // What the columns of the table begin at, or end at where they hold numbers.
    private const double NameLeft = Margin + 26;
    private const double NameWidth = 238;
    private const double QuantityRight = 352;
    private const double PriceRight = 446;

    private const double BodySize = 9;
    private const double SmallSize = 7.5;
    private const double TitleSize = 20;
    private const double TotalSize = 13;

    private static readonly PdfColour s_ink = new(0x14, 0x21, 0x1d);
    private static readonly PdfColour s_quiet = new(0x5b, 0x6b, 0x67);
    private static readonly PdfColour s_brand = new(0x0f, 0x76, 0x6e);
    private static readonly PdfColour s_band = new(0xee, 0xf5, 0xf3);
    private static readonly PdfColour s_rule = new(0xd5, 0xe0, 0xdc);

    private readonly PdfFont _plain;
    private readonly PdfFont _strong;
    private readonly List<PdfPage> _pages = [];
    private readonly OrderState _order;
    private readonly CultureInfo _language;
    private readonly Uri _site;
    private PdfPage _page = new();
    private double _y;

    private Receipt(OrderState order, Uri site, ReceiptFonts fonts)
    {
        (_order, _language, _site) = (order, Messages.CultureOf(order.Language), site);
        (_plain, _strong) = (new PdfFont("F1", fonts.Regular), new PdfFont("F2", fonts.Bold));
    }

    /// <summary>A PDF.</summary>
    /// <param name="order">Paid.</param>
    public static byte[] Draw(OrderState order, Uri site, ReceiptFonts fonts) => new Receipt(order, site, fonts).Draw();

    public static string FileName(OrderState order) => $"receipt-{order.Number}.pdf";

    private byte[] Draw()
    {
        AddPage();
        DrawHead();
        DrawTableHead();
        foreach (var (index, line) in _order.Lines.Index())
            DrawLine(index + 1, line);
        DrawTotal();
        DrawFeet();
        return PdfFile.Write(_pages, [_plain, _strong], Say("receipt_title", _order.Number), Shop, _language.Name, _order.PaidAt!.Value);
    }

    private string Shop => _site.Authority;

    private string Say(string key, params object?[] arguments) => Messages.Text(_language, key, arguments);

    private void AddPage()
    {
        _pages.Add(_page = new PdfPage());
        _y = Margin;
    }

    private void DrawHead()
    {
        Write(Shop, _strong, BodySize, s_brand, Margin, _y + 8);
        Write(Say("receipt_title", _order.Number), _strong, TitleSize, s_ink, Margin, _y + 38);
        _y += 58;
        var top = _y;
        var half = (Right - Margin - 20) / 2;
        DrawFact(Margin, half, "receipt_paid_at", LocalTime.Moment(_language, _order.PaidAt!.Value));
        DrawFact(Margin, half, "receipt_ordered_at", LocalTime.Moment(_language, _order.CreatedAt));
        var left = _y;
        _y = top;
        DrawFact(Margin + half + 20, half, "receipt_buyer", $"{_order.Contact.FullName}\n{_order.Contact.Phone}\n{_order.Contact.Email}");
        DrawFact(Margin + half + 20, half, "receipt_address", _order.Contact.Address);
        _y = Math.Max(left, _y) + 10;
    }

    private void DrawFact(double x, double width, string label, string value)
    {
        Write(Say(label), _plain, SmallSize, s_quiet, x, _y + 7);
        _y += 12;
        foreach (var line in WrappedText.Wrap(_plain, BodySize, value, width))
        {
            Write(line, _plain, BodySize, s_ink, x, _y + 9);
            _y += 13;
        }

        _y += 6;
    }

    private void DrawTableHead()
    {
        _page.Fill(s_band, Margin, _y, Right - Margin, 20);
        Write(Say("receipt_item"), _strong, BodySize, s_ink, NameLeft, _y + 13.5);
        WriteTo(Say("receipt_quantity"), _strong, BodySize, s_ink, QuantityRight, _y + 13.5);
        WriteTo(Say("receipt_price"), _strong, BodySize, s_ink, PriceRight, _y + 13.5);
        WriteTo(Say("receipt_sum"), _strong, BodySize, s_ink, Right - 6, _y + 13.5);
        _y += 20 + RowGap;
    }

    private void DrawLine(int number, OrderLine line)
    {
        var name = WrappedText.Wrap(_plain, BodySize, line.ProductName, NameWidth);
        var details = string.Join(", ", OrderedItem.AttributesOf(line).Select(attribute => attribute.Value).Append(line.Sku));
        var below = WrappedText.Wrap(_plain, SmallSize, details, NameWidth);
        var height = (name.Count * 13) + (below.Count * 11) + RowGap;
        // A row stays whole unless it is longer than a page, and then begins on one of its own.
        if (_y + height > Bottom)
        {
            AddPage();
            DrawTableHead();
        }

        Write(number.ToString(CultureInfo.InvariantCulture), _plain, BodySize, s_quiet, Margin + 6, _y + 9);
        WriteTo(line.Quantity.ToString(CultureInfo.InvariantCulture), _plain, BodySize, s_ink, QuantityRight, _y + 9);
        WriteTo(MoneyText.Amount(_language, line.Price, _order.Currency), _plain, BodySize, s_ink, PriceRight, _y + 9);
        WriteTo(MoneyText.Amount(_language, line.Total, _order.Currency), _plain, BodySize, s_ink, Right - 6, _y + 9);
        foreach (var text in name)
        {
            Write(text, _plain, BodySize, s_ink, NameLeft, _y + 9);
            _y += 13;
        }

        foreach (var text in below)
        {
            Write(text, _plain, SmallSize, s_quiet, NameLeft, _y + 7);
            _y += 11;
        }

        _page.Rule(s_rule, Margin, Right, _y + (RowGap / 2));
        _y += RowGap + 2;
    }

    private void DrawTotal()
    {
        if (_y + 44 > Bottom)
            AddPage();
        _y += 10;
        Write(Say("receipt_total"), _strong, TotalSize, s_ink, NameLeft, _y + 13);
        WriteTo(MoneyText.Tell(_language, _order.Total, _order.Currency), _strong, TotalSize, s_brand, Right - 6, _y + 13);
    }

    /// <summary>At last, for now it is known how many pages there are.</summary>
    private void DrawFeet()
    {
        const double y = PdfPage.Height - Margin;
        foreach (var (index, page) in _pages.Index())
        {
            _page = page;
            _page.Rule(s_rule, Margin, Right, y - 14);
            Write(_site.AbsoluteUri.TrimEnd('/'), _plain, SmallSize, s_quiet, Margin, y);
            WriteTo(Say("receipt_page", index + 1, _pages.Count), _plain, SmallSize, s_quiet, Right, y);
        }
    }

    private void Write(string text, PdfFont font, double size, PdfColour colour, double x, double y) => _page.Write(font, size, colour, x, y, text);

    /// <summary>Ends at <paramref name="right"/>.</summary>
    private void WriteTo(string text, PdfFont font, double size, PdfColour colour, double right, double y) => Write(text, font, size, colour, right - font.Measure(text, size), y);
}
