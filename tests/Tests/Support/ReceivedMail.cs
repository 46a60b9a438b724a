using System.Net.Mime;
using System.Text;
using System.Text.RegularExpressions;
using Maydon.Kernel.Outbox;

namespace Maydon.Tests.Support;

/// <summary>A mail as its reader sees it, taken from the bytes that went out.</summary>
public sealed partial record ReceivedMail(IReadOnlyDictionary<string, string> Headers, IReadOnlyList<MailPart> Parts)
{
    public string To => Headers["To"];
    public string Subject => Headers["Subject"];
    public string Text => Encoding.UTF8.GetString(Parts.First(part => part.MediaType == "text/plain").Content);
    public string Html => Encoding.UTF8.GetString(Parts.First(part => part.MediaType == "text/html").Content);

    /// <summary>The outbox kind that caused it.</summary>
    public string Kind => MessageId().Match(Headers["Message-ID"]).Groups["kind"].Value;

    public byte[] Attachment(string name) => Assert.Single(Parts, part => part.Name == name && part.Headers.GetValueOrDefault("Content-Disposition", "").StartsWith("attachment", StringComparison.Ordinal)).Content;

    public static ReceivedMail Parse(string raw)
    {
        var (headers, body) = Split(raw);
        return new ReceivedMail(headers, [.. ReadParts(headers, body)]);
    }

    private static IEnumerable<MailPart> ReadParts(Dictionary<string, string> headers, string body)
    {
        var type = new ContentType(headers.GetValueOrDefault("Content-Type", "text/plain"));
        if (!type.MediaType.StartsWith("multipart/", StringComparison.Ordinal))
        {
            // The raw text was read as Latin-1, so that every character is one byte.
            var content = headers.GetValueOrDefault("Content-Transfer-Encoding", "7bit") switch
            {
                "base64" => Convert.FromBase64String(body),
                "8bit" or "7bit" => Encoding.Latin1.GetBytes(body),
                var other => throw new NotSupportedException($"Content-Transfer-Encoding: {other}"),
            };
            yield return new MailPart(type.MediaType, type.Name, headers, content);
            yield break;
        }

        var sections = body.Split($"--{type.Boundary}");
        Assert.StartsWith("--", sections[^1], StringComparison.Ordinal);
        foreach (var section in sections[1..^1])
        {
            var (innerHeaders, innerBody) = Split(section.TrimStart('\r', '\n'));
            foreach (var part in ReadParts(innerHeaders, innerBody.EndsWith("\r\n", StringComparison.Ordinal) ? innerBody[..^2] : innerBody))
                yield return part;
        }
    }

    private static (Dictionary<string, string> Headers, string Body) Split(string raw)
    {
        var end = raw.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in Folding().Replace(raw[..end], " ").Split("\r\n"))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            Assert.True(headers.TryAdd(line[..colon], Decode(line[(colon + 1)..].Trim())), $"The header {line[..colon]} stands twice.");
        }

        return (headers, raw[(end + 4)..]);
    }

    private static string Decode(string value) => EncodedWord().Replace(BetweenWords().Replace(value, "?==?"), word => Encoding.UTF8.GetString(
        word.Groups["encoding"].Value is "B" or "b"
            ? Convert.FromBase64String(word.Groups["text"].Value)
            : Encoding.Latin1.GetBytes(HexByte().Replace(word.Groups["text"].Value.Replace('_', ' '), hex => ((char)Convert.ToByte(hex.Value[1..], 16)).ToString()))));

    [GeneratedRegex(@"Z-(?<kind>.+)-\d+@")]
    private static partial Regex MessageId();

    [GeneratedRegex(@"\r\n[ \t]+")]
    private static partial Regex Folding();

    [GeneratedRegex(@"\?=\s+=\?")]
    private static partial Regex BetweenWords();

    [GeneratedRegex(@"=\?utf-8\?(?<encoding>[BbQq])\?(?<text>[^?]*)\?=", RegexOptions.IgnoreCase)]
    private static partial Regex EncodedWord();

    [GeneratedRegex("=[0-9A-F]{2}")]
    private static partial Regex HexByte();
}

public sealed record MailPart(string MediaType, string? Name, IReadOnlyDictionary<string, string> Headers, byte[] Content);

public static class Mailbox
{
    /// <summary>Lets the outbox send what is due by the server's clock, then reads every mail that ever went out, oldest first.</summary>
    public static async Task<List<ReceivedMail>> ReceiveMailsAsync(this TestServer server)
    {
        await server.App.Services.GetRequiredService<OutboxWorker>().DrainAsync(TestContext.Current.CancellationToken);
        var directory = new DirectoryInfo(Path.Combine(server.DataDir, "mail"));
        return directory.Exists
            ? [.. directory.GetFiles("*.eml").OrderBy(file => file.Name, StringComparer.Ordinal).Select(file => ReceivedMail.Parse(File.ReadAllText(file.FullName, Encoding.Latin1)))]
            : [];
    }

    public static async Task<List<ReceivedMail>> ReceiveMailsAsync(this TestServer server, string to) =>
        [.. (await server.ReceiveMailsAsync()).Where(mail => mail.To == to)];
}
