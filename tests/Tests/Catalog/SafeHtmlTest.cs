using Maydon.Catalog.Texts;

namespace Maydon.Tests.Catalog;

/// <summary>Descriptions are HTML that harms nobody.</summary>
public sealed class SafeHtmlTest
{
    [Theory]
    [InlineData("Plain, 5 + 5", "Plain, 5 + 5")]
    [InlineData(" \n ", null)]
    [InlineData("a < b & c > d", "a &lt; b &amp; c &gt; d")]
    [InlineData("&lt;script&gt; &#169; &copy; &nbsp", "&lt;script&gt; &#169; &copy; &amp;nbsp")]
    [InlineData("<P CLASS=x style='color:red'>One<BR/>two</P>", "<p>One<br>two</p>")]
    [InlineData("<b><i>x</b>y", "<b><i>x</i></b>y")]
    [InlineData("</p>x</b>", "x")]
    [InlineData("<font color=red>x</font>", "x")]
    [InlineData("a<script>alert(1)</script>b<STYLE>p{}</STYLE >c<!-- d -->e<!doctype html>f<?php x ?>", "abcef")]
    [InlineData("a<script>alert(1)", "a")]
    [InlineData("a<script>'</scripty>'</script\n>b", "ab")]
    [InlineData("<svg><style><img src=x onerror=alert(1)></style></svg>ok", "ok")]
    [InlineData("<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">", null)]
    [InlineData("<img src=x onerror=alert(1)>", null)]
    [InlineData("x<img src=x onerror=alert(1)", "x&lt;img src=x onerror=alert(1)")]
    [InlineData("Diametr <b va uzunlik <i>5</i> sm", "Diametr &lt;b va uzunlik <i>5</i> sm")]
    [InlineData("it's <b title=\"o'lcham>5\">bold</b> and <i title=it's>more</i> text", "it's <b>bold</b> and <i>more</i> text")]
    [InlineData("<a title='it's>one</a> two", "<a>one</a> two")]
    [InlineData("<!-- never ended", "&lt;!-- never ended")]
    [InlineData("<!never ended", "&lt;!never ended")]
    [InlineData("<a href=' https://x.uz/a b\n.pdf '>y</a>", "<a href=\"https://x.uz/a%20b.pdf\" rel=\"noopener nofollow\">y</a>")]
    [InlineData("<a href='java script:alert(1)'>y</a>", "<a>y</a>")]
    [InlineData("<a href=x<script>alert(1)</script>", "&lt;a href=x")]
    [InlineData("<a title=\"<script>alert(1)</script>\">y", "<a>y</a>")]
    [InlineData("<a title=\"<script>alert(1)</script>", "&lt;a title=\"")]
    [InlineData("<<b>script>alert(1)<</b>/script>", "&lt;<b>script&gt;alert(1)&lt;</b>/script&gt;")]
    [InlineData("<a href='https://example.org/?a=1&amp;b=\"2\"' onclick=x target=_blank>y</a>", "<a href=\"https://example.org/?a=1&amp;b=%222%22\" rel=\"noopener nofollow\">y</a>")]
    [InlineData("<a href=\"java\tscript:alert(1)\">y</a>", "<a>y</a>")]
    [InlineData("<a href=\"&#106;avascript:alert(1)\">y</a>", "<a>y</a>")]
    [InlineData("<a href=\"data:text/html,x\">y</a><a href=//evil.example>z</a>", "<a>y</a><a>z</a>")]
    [InlineData("<a title=\">\" href=mailto:x@example.org>y</a>", "<a href=\"mailto:x@example.org\" rel=\"noopener nofollow\">y</a>")]
    [InlineData("<td colspan=2 rowspan='x' width=9>y</td>", "<td colspan=\"2\">y</td>")]
    [InlineData("<b/onmouseover=alert(1)//>x", "<b>x</b>")]
    [InlineData("one\u0000\u0007 two<br>\nthree", "one two<br>\nthree")]
    [InlineData("<p", "&lt;p")]
    [InlineData("1<2", "1&lt;2")]
    public void What_was_understood_is_written_anew(string written, string? kept)
    {
        Assert.Equal(kept, SafeHtml.Of(written));
        Assert.Equal(kept, SafeHtml.Of(kept));
    }

    [Fact]
    public void Addresses_keep_their_letters_and_cannot_end_early()
    {
        Assert.Equal("<a href=\"https://x/é?a=1&amp;b=%22%3Ci%3E\" rel=\"noopener nofollow\">y</a>", SafeHtml.Of("<a href='https://x/é?a=1&b=\"<i>'>y</a>"));
    }

    [Fact]
    public void Depth_and_time_are_bounded()
    {
        var deep = SafeHtml.Of(string.Concat(Enumerable.Repeat("<b>", 6_000)) + "x")!;
        Assert.True(deep.Length < 1_000);
        foreach (var hostile in new[] { new string('<', 20_000), string.Concat(Enumerable.Repeat("<a =\"", 4_000)), string.Concat(Enumerable.Repeat("<script", 2_800)), new string('&', 20_000), "<a " + new string(' ', 19_000) + "x", string.Concat(Enumerable.Repeat("<a href='", 2_200)),
            string.Concat(Enumerable.Repeat("<!--", 4_500)) + "\"", string.Concat(Enumerable.Repeat("<a '='", 60_000)), string.Concat(Enumerable.Repeat("<!--", 90_000)) + ">", string.Concat(Enumerable.Repeat("<!", 90_000)), string.Concat(Enumerable.Repeat("<a x=\"'", 2_500)) + "'", string.Concat(Enumerable.Repeat("<a x=\"", 1_500)) + string.Concat(Enumerable.Repeat("<a x='", 1_500)) + "\"",
            "<a " + new string('ы', 19_990) + ">", "<a " + string.Concat(Enumerable.Repeat("href= ", 3_000)) + ">", $"<a href=\"http://x/{new string('é', 19_900)}\">", $"<a href='http://x/{new string('"', 19_900)}'>" })
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            Assert.True((SafeHtml.Of(hostile) ?? "").Length <= 5 * Math.Max(20_000, hostile.Length));
            Assert.True(watch.ElapsedMilliseconds < 1_000, hostile[..10]);
        }
    }
}
