using System.Text;

namespace Maydon.Tests.Fuzz;

/// <summary>What nobody should send, and somebody will.</summary>
internal static class NastyValues
{
    /// <summary>As text: for paths, queries and headers, and quoted for JSON.</summary>
    public static readonly string[] Texts =
    [
        "", " ", "\0", "a\0b", "\t\r\n", "‮مرحبا‬", "ʻ’`'\"", "🎪", "é", "%", "_", "\\", "%00", "%s%n", "../../etc/passwd", "<script>alert(1)</script>",
        "' or 1=1 --", "{}", "[]", "null", "undefined", "true", "NaN", "Infinity", "-1", "0", "-0", "1.5", "1e3", "1e999", "０１",
        "2147483648", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "99999999999999999999999999999999",
        "2026-13-45T99:99:99Z", "9999-12-31T23:59:59.9999999Z", "99999-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "-infinity", "2026-02-30", "1",
        "a,a", ",", "-", "--id", "id,-id,id", new string('x', 300), new string('ў', 10_000), new string('9', 5_000),
    ];

    /// <summary>As JSON, in place of a value.</summary>
    public static readonly string[] Json =
    [
        "null", "true", "0", "-1", "1.5", "1e400", "2147483648", "9223372036854775808", "-9223372036854775809", "99999999999999999999999999999999",
        "[]", "[null]", "[[]]", "{}", """{"a":1}""", """["a","a"]""", "\"\\ud800\"", "\"\\u0000\"", new string('[', 60) + new string(']', 60), Quote(new string('x', 200_000)),
        .. Texts.Select(Quote),
    ];

    /// <summary>As a whole body: its bytes and what they claim to be.</summary>
    public static readonly (byte[] Body, string? ContentType)[] Bodies =
    [
        ([], "application/json"), ([], null), Text("null"), Text("[]"), Text("0"), Text("\"text\""), Text("{"), Text("}"), Text("{\"a\":}"), Text("{}{}"), Text("{'a':1}"), Text("// {}"),
        Text("{}", "text/plain"), Text("{}", "application/xml"), Text("{}", "application/json; charset=utf-16"), Text("{}", "application/json; charset=nonsense"), Text("{}", "nonsense"),
        Text("a=1", "application/x-www-form-urlencoded"), Text("--x--", "multipart/form-data; boundary=x"), Text("--x--", "multipart/form-data"),
        ([0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00], "application/json"), ([0x7B, 0x22, 0xC3, 0x28, 0x22, 0x3A, 0x31, 0x7D], "application/json"), ([0xEF, 0xBB, 0xBF, 0x7B, 0x7D], "application/json"), ([0x00], "application/json"),
        Text(new string('[', 5_000)), Text("{\"a\":" + new string(' ', 100_000) + "1}"),
        Text("""{"id":1,"role":"staff","roles":["staff"],"is_staff":true,"is_superuser":true,"created_by":1,"is_deleted":true,"__proto__":{}}"""),
    ];

    public static readonly (string Name, string Value)[] Headers =
    [
        ("Authorization", ""), ("Authorization", "Bearer"), ("Authorization", "Bearer "), ("Authorization", "Bearer a.b.c"), ("Authorization", "Basic YTpi"), ("Authorization", "Bearer " + new string('x', 8_000)),
        ("Accept-Language", "xx"), ("Accept-Language", "uz-Cyrl;q=2, ;;"), ("Accept-Language", new string('a', 3_000)), ("Accept-Language", "*"), ("Accept", "image/png"), ("Accept", "nonsense"),
        ("Idempotency-Key", ""), ("Idempotency-Key", " "), ("Idempotency-Key", "ключ"), ("Idempotency-Key", new string('k', 2_000)), ("Idempotency-Key", "a, b"),
        ("X-Forwarded-For", "nonsense"), ("X-Forwarded-For", "1.2.3.4, ::1, "), ("X-Forwarded-Proto", "gopher"), ("X-Forwarded-Host", "evil.example"), ("Host", "evil.example"), ("Host", ""),
        ("If-None-Match", "nonsense"), ("If-Modified-Since", "yesterday"), ("Range", "bytes=5-1"), ("Content-Encoding", "br"), ("Expect", "everything"), ("Cookie", "=;=;\u00a0"), ("Origin", "null"),
        ("X-HTTP-Method-Override", "DELETE"), ("traceparent", "00-nonsense"),
    ];

    private static (byte[], string?) Text(string body, string contentType = "application/json") => (Encoding.UTF8.GetBytes(body), contentType);

    private static string Quote(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}
