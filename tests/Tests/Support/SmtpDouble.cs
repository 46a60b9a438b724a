using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Maydon.Tests.Support;

/// <summary>How the double behaves.</summary>
public sealed record SmtpBehaviour
{
    public bool OffersTls { get; init; } = true;

    /// <summary>The made-up certificate is trusted by this process, as one of a real authority is by the system.</summary>
    public bool IsTrusted { get; init; } = true;

    /// <summary>Signing in is required, with this password for any user.</summary>
    public string? Password { get; init; }
    public string RecipientReply { get; init; } = "250 2.1.5 Ok";
    public string DataReply { get; init; } = "250 2.0.0 Queued";

    /// <summary>Before the greeting.</summary>
    public TimeSpan Silence { get; init; }
}

/// <summary>A small SMTP server on loopback, with STARTTLS, a certificate of its own making and AUTH LOGIN.</summary>
public sealed class SmtpDouble : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<string, bool> s_trusted = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly SmtpBehaviour _behaviour;
    private readonly X509Certificate2 _certificate = MakeCertificate();
    private readonly Task _accepting;

    static SmtpDouble()
    {
        // SmtpClient asks nobody else. What the system trusts stays trusted; of the rest only the doubles that want to be.
#pragma warning disable SYSLIB0014, MA0039
        ServicePointManager.ServerCertificateValidationCallback = (_, certificate, _, errors) =>
            errors == SslPolicyErrors.None || s_trusted.ContainsKey(certificate!.GetCertHashString());
#pragma warning restore SYSLIB0014, MA0039
    }

    public SmtpDouble(SmtpBehaviour? behaviour = null)
    {
        _behaviour = behaviour ?? new SmtpBehaviour();
        if (_behaviour.IsTrusted)
            s_trusted[_certificate.GetCertHashString()] = true;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Every command, with <c>TLS</c> in front of those that came encrypted.</summary>
    public ConcurrentQueue<string> Commands { get; } = new();
    public ConcurrentQueue<ReceivedMail> Mails { get; } = new();

    private async Task AcceptAsync()
    {
        var sessions = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                sessions.Add(ServeAsync(client));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(sessions);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var connection = client;
        try
        {
            await Task.Delay(_behaviour.Silence, _stopping.Token);
            Stream stream = connection.GetStream();
            await ReplyAsync(stream, "220 double ESMTP");
            var encrypted = false;
            var signedIn = _behaviour.Password is null;
            while (await ReadLineAsync(stream) is { } line)
            {
                Commands.Enqueue(encrypted ? $"TLS {line}" : line);
                switch (line.Split(' ', ':')[0].ToUpperInvariant())
                {
                    case "EHLO":
                        await ReplyAsync(stream, string.Concat("250-double\r\n", _behaviour.OffersTls && !encrypted ? "250-STARTTLS\r\n" : "", "250-AUTH LOGIN\r\n250 8BITMIME"));
                        break;
                    case "STARTTLS":
                        await ReplyAsync(stream, "220 Go ahead");
                        var tls = new SslStream(stream);
                        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stopping.Token);
                        (stream, encrypted) = (tls, true);
                        break;
                    case "AUTH":
                        if (line.Split(' ').Length == 2)
                        {
                            await ReplyAsync(stream, "334 VXNlcm5hbWU6");
                            await ReadLineAsync(stream);
                        }

                        await ReplyAsync(stream, "334 UGFzc3dvcmQ6");
                        signedIn = Encoding.UTF8.GetString(Convert.FromBase64String(await ReadLineAsync(stream) ?? "")) == _behaviour.Password;
                        await ReplyAsync(stream, signedIn ? "235 2.7.0 Welcome" : "535 5.7.8 Wrong password");
                        break;
                    case "MAIL":
                        await ReplyAsync(stream, signedIn ? "250 2.1.0 Ok" : "530 5.7.0 Sign in first");
                        break;
                    case "RCPT":
                        await ReplyAsync(stream, _behaviour.RecipientReply);
                        break;
                    case "DATA":
                        await ReplyAsync(stream, "354 Go on");
                        var mail = ReceivedMail.Parse(await ReadDataAsync(stream));
                        if (_behaviour.DataReply.StartsWith('2'))
                            Mails.Enqueue(mail);
                        await ReplyAsync(stream, _behaviour.DataReply);
                        break;
                    case "QUIT":
                        await ReplyAsync(stream, "221 Bye");
                        return;
                    default:
                        await ReplyAsync(stream, "502 What?");
                        break;
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            // The client went away or did not like the certificate: the test looks at what the client says of it.
        }
    }

    private static async Task<string> ReadDataAsync(Stream stream)
    {
        var data = new StringBuilder();
        while (await ReadLineAsync(stream) is { } line && line != ".")
            data.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        return data.ToString();
    }

    private static async Task<string?> ReadLineAsync(Stream stream)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one) == 1)
        {
            if (one[0] == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append((char)one[0]);
        }

        return null;
    }

    private static async Task ReplyAsync(Stream stream, string reply) => await stream.WriteAsync(Encoding.ASCII.GetBytes(reply + "\r\n"));

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.Parse("2020-01-01Z"), DateTimeOffset.Parse("2120-01-01Z"));
        // A key that was not loaded from PKCS#12 is not found by every platform's TLS.
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stopping.Dispose();
        _certificate.Dispose();
    }
}
