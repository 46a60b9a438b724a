using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Maydon.Tests.Support;

namespace Maydon.Tests.Nodes;

/// <summary>
/// A real nginx with the configuration that users are given, <c>deploy/nginx/maydon.conf</c>: only the ports, the name and the certificate are
/// others. It writes down which node each request went to.
/// </summary>
internal sealed class NginxServer(string directory, IReadOnlyList<int> nodes) : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(1);
    private Process? _process;

    public int Port { get; } = FindFreePort();
    public Uri Address => new($"https://localhost:{Port}");

    public async Task StartAsync()
    {
        MakeCertificate();
        await File.WriteAllTextAsync(Path.Combine(directory, "maydon.conf"), await ReadExampleAsync());
        await File.WriteAllTextAsync(
            Path.Combine(directory, "nginx.conf"),
            $$"""
            daemon off;
            master_process off;
            pid {{directory}}/nginx.pid;
            error_log {{directory}}/error.log;
            events { worker_connections 1024; }
            http {
                log_format nodes '$upstream_addr $status $request';
                access_log {{directory}}/access.log nodes;
                client_body_temp_path {{directory}}/body;
                proxy_temp_path {{directory}}/proxy;
                fastcgi_temp_path {{directory}}/fastcgi;
                uwsgi_temp_path {{directory}}/uwsgi;
                scgi_temp_path {{directory}}/scgi;
                include {{directory}}/maydon.conf;
            }
            """);
        // Debian puts it where only root looks.
        var program = new[] { "/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx" }.FirstOrDefault(File.Exists) ?? "nginx";
        _process = Process.Start(new ProcessStartInfo(program, ["-p", directory, "-e", Path.Combine(directory, "error.log"), "-c", Path.Combine(directory, "nginx.conf")]) { UseShellExecute = false })!;
        var since = Stopwatch.GetTimestamp();
        while (!await ListensAsync())
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(since) > TimeSpan.FromSeconds(20))
                throw new InvalidOperationException($"nginx did not start: {await File.ReadAllTextAsync(Path.Combine(directory, "error.log"))}");
            await Task.Delay(20);
        }
    }

    /// <summary>How many requests whose line contains <paramref name="text"/> each node has answered.</summary>
    public async Task<IReadOnlyList<int>> CountAsync(string text)
    {
        var lines = (await File.ReadAllLinesAsync(Path.Combine(directory, "access.log"))).Where(line => line.Contains(text, StringComparison.Ordinal)).ToList();
        return [.. nodes.Select(node => lines.Count(line => line.StartsWith($"127.0.0.1:{node} ", StringComparison.Ordinal)))];
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is null)
            return;
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task<string> ReadExampleAsync()
    {
        var example = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy/nginx/maydon.conf"));
        foreach (var (written, here) in new[]
        {
            ("127.0.0.1:8001", $"127.0.0.1:{nodes[0]}"), ("127.0.0.1:8002", $"127.0.0.1:{nodes[1]}"), ("listen 80;", $"listen 127.0.0.1:{FindFreePort()};"),
            ("listen 443 ssl http2;", $"listen 127.0.0.1:{Port} ssl http2;"), (@"ssl_certificate [^;]*;", $"ssl_certificate {directory}/certificate.pem;"),
            (@"ssl_certificate_key [^;]*;", $"ssl_certificate_key {directory}/key.pem;"), ("server_name [^;]*;", "server_name localhost;"),
        })
        {
            Assert.Matches(written, example);
            example = Regex.Replace(example, written, here, RegexOptions.None, s_limit);
        }

        return example;
    }

    private void MakeCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(Path.Combine(directory, "certificate.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(directory, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    private async Task<bool> ListensAsync()
    {
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
