using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Maydon.Kernel.Localization;

namespace Maydon.Kernel.Mail;

/// <summary>
/// One line of a list of facts; <paramref name="Before"/> is what it used to be, shown crossed out. The value can be pressed when it has a
/// <paramref name="Link"/>, never because it looks like one: titles and names come from people.
/// </summary>
public sealed record MailFact(string Label, string Value, string? Before = null, Uri? Link = null);

/// <summary>
/// What a mail says, told once and written twice: as text and as HTML in the look of all our mails. Everything given here is plain text
/// and is escaped; nothing a person typed can become markup.
/// </summary>
public sealed class MailDocument(CultureInfo language, Uri publicUrl, string title)
{
    private static readonly HtmlEncoder s_encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _html = new();

    public MailDocument Paragraph(string text)
    {
        _text.Append(text).Append("\n\n");
        _html.Append($"""<p style="margin:0 0 16px">{Encode(text)}</p>""").Append('\n');
        return this;
    }

    /// <summary>Something to be typed in somewhere, big enough to be read across the table.</summary>
    public MailDocument Code(string code)
    {
        _text.Append("    ").Append(code).Append("\n\n");
        _html.Append($"""
            <p class="box" style="margin:0 0 16px;padding:16px;border-radius:8px;background:#eef5f3;text-align:center;font:700 28px/1.2 ui-monospace,Menlo,Consolas,monospace;letter-spacing:4px">{Encode(code)}</p>
            """).Append('\n');
        return this;
    }

    public MailDocument Facts(IEnumerable<MailFact> facts)
    {
        _html.Append("""<table role="presentation" class="box" width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 16px;padding:8px 16px;border-radius:8px;background:#eef5f3">""").Append('\n');
        foreach (var (label, value, before, link) in facts)
        {
            _text.Append($"{label}: {value}");
            if (before is not null)
                _text.Append($" ({Messages.Text(language, "mail_before", before)})");
            _text.Append('\n');
            var crossed = before is null ? "" : $"""<br><s class="quiet" style="color:#5b6b67">{Encode(before)}</s>""";
            _html.Append($"""
                <tr><td style="padding:6px 0;overflow-wrap:anywhere"><span class="quiet" style="font-size:13px;color:#5b6b67">{Encode(label)}</span><br><strong>{(link is null ? Encode(value) : Linked(value, link))}</strong>{crossed}</td></tr>
                """).Append('\n');
        }

        _text.Append('\n');
        _html.Append("</table>\n");
        return this;
    }

    public MailDocument Button(string label, Uri target)
    {
        _text.Append($"{label}: {target.AbsoluteUri}\n\n");
        _html.Append($"""
            <p style="margin:0 0 16px"><a href="{Encode(target.AbsoluteUri)}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:#0f766e;color:#ffffff;font-weight:600;text-decoration:none">{Encode(label)}</a></p>
            """).Append('\n');
        return this;
    }

    /// <summary>An image that travels with the mail. Always on white, so that a dark reader does not swallow it.</summary>
    public MailDocument Image(string contentId, string description, int size)
    {
        _html.Append($"""
            <p style="margin:0 0 16px;text-align:center"><img src="cid:{contentId}" alt="{Encode(description)}" width="{size}" height="{size}" style="display:inline-block;border-radius:8px;background:#ffffff"></p>
            """).Append('\n');
        return this;
    }

    /// <summary>Beside the point, in a smaller voice.</summary>
    public MailDocument Note(string text)
    {
        _text.Append(text).Append("\n\n");
        _html.Append($"""<p class="quiet" style="margin:0 0 16px;font-size:14px;color:#5b6b67">{Encode(text)}</p>""").Append('\n');
        return this;
    }

    public string ToText() => $"{title}\n\n{_text}-- \nMaydon, {Site}\n{Footer}\n";

    /// <summary>Inline styles, because many readers drop style sheets; the sheet only adds the dark colours for those that keep it.</summary>
    public string ToHtml() => $$"""
        <!doctype html>
        <html lang="{{language.Name}}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <meta name="color-scheme" content="light dark">
        <meta name="supported-color-schemes" content="light dark">
        <title>{{Encode(title)}}</title>
        <style>
        :root { color-scheme: light dark; supported-color-schemes: light dark; }
        @media (prefers-color-scheme: dark) {
          .page { background: #101816 !important; }
          .card { background: #18221f !important; color: #e6efec !important; }
          .box { background: #22302c !important; }
          .quiet { color: #a3b5b0 !important; }
          .link, .brand { color: #5eead4 !important; }
        }
        </style>
        </head>
        <body class="page" style="margin:0;padding:0;background:#f2f5f4">
        <table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="background:#f2f5f4">
        <tr><td align="center" style="padding:24px 12px">
        <table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;border-radius:12px;background:#ffffff;color:#14211d;font:16px/1.5 -apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif">
        <tr><td style="padding:24px 24px 8px">
        <p class="brand" style="margin:0 0 16px;font-size:14px;font-weight:700;letter-spacing:1px;color:#0f766e">MAYDON</p>
        <h1 style="margin:0 0 16px;font-size:22px;line-height:1.3;overflow-wrap:anywhere">{{Encode(title)}}</h1>
        {{_html}}</td></tr>
        </table>
        <p class="quiet" style="max-width:536px;margin:16px auto 0;font:13px/1.5 -apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;color:#5b6b67">{{Encode(Footer)}}<br><a class="link" href="{{Encode(publicUrl.AbsoluteUri)}}" style="color:#0f766e">{{Encode(Site)}}</a></p>
        </td></tr>
        </table>
        </body>
        </html>
        """;

    private string Site => publicUrl.AbsoluteUri.TrimEnd('/');

    /// <summary>The key of the sentence that says why somebody gets this mail.</summary>
    public string FooterKey { get; init; } = "mail_footer";

    private string Footer => Messages.Text(language, FooterKey);

    private static string Encode(string text) => s_encoder.Encode(text);

    private static string Linked(string text, Uri target) => $"""<a class="link" href="{Encode(target.AbsoluteUri)}" style="color:#0f766e">{Encode(text)}</a>""";
}
