using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Maydon.Kernel.Http;
using Maydon.Kernel.Settings;
using Maydon.Tests.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Maydon.Tests.Kernel;

/// <summary>A server with the operations of <see cref="ProbeEndpoints"/> beside its own, and callers who are whoever <c>X-Probe-User</c> says.</summary>
public sealed class ProbeServer(TestPostgres postgres) : IAsyncLifetime
{
    public TestServer Server { get; } = new(postgres);
    public TestPostgres Postgres => postgres;

    public ValueTask InitializeAsync() => new(StartAsync());

    public async Task StartAsync(Func<MaydonSettings, MaydonSettings>? change = null, Action<WebApplicationBuilder>? customise = null, Action<IEndpointRouteBuilder>? map = null)
    {
        await Server.StartAsync(
            change,
            builder =>
            {
                builder.Services.AddValidation();
                builder.Services.AddProbe();
                builder.Services.AddSingleton<IStartupFilter, ProbePeer>();
                customise?.Invoke(builder);
            },
            routes =>
            {
                routes.MapProbe();
                map?.Invoke(routes);
            });
        await Server.ExecuteAsync("create table probe (id bigint generated always as identity primary key, name text constraint probe_name unique, other text unique)");
    }

    public HttpClient CreateClient(long? user = null, string? roles = null)
    {
        var client = Server.CreateClient();
        if (user is not null)
            client.DefaultRequestHeaders.Add("X-Probe-User", $"{user}");
        if (roles is not null)
            client.DefaultRequestHeaders.Add("X-Probe-Roles", roles);
        return client;
    }

    /// <summary>A GET whose TCP peer has this address.</summary>
    public async Task<HttpResponseMessage> SendFromAsync(string peer, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add(ProbePeer.Header, peer);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Server.CreateClient().SendAsync(request);
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>The test server has no sockets: the peer is whoever the test says, before anything of the product looks.</summary>
internal sealed class ProbePeer : IStartupFilter
{
    public const string Header = "X-Probe-Peer";

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((context, proceed) =>
        {
            context.Connection.RemoteIpAddress = IPAddress.Parse(context.Request.Headers[Header] is [{ } peer] ? peer : "192.0.2.1");
            return proceed(context);
        });
        next(app);
    };
}

internal sealed class ProbeAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers.Authorization.Count > 0)
            return Task.FromResult(AuthenticateResult.Fail("A token that is not valid."));
        if (Request.Headers["X-Probe-User"] is not [{ } user])
            return Task.FromResult(AuthenticateResult.NoResult());
        var claims = new List<Claim> { new(CurrentUser.IdClaim, user) };
        claims.AddRange(Request.Headers["X-Probe-Roles"].Select(role => new Claim(CurrentUser.RoleClaim, role!)));
        claims.AddRange(Request.Headers["X-Probe-May"].Select(permissions => new Claim(PermissionClaim.Type, PermissionClaim.ValueOf(permissions!.Split(' ')))));
        claims.AddRange(Request.Headers["X-Probe-Language"].Select(language => new Claim("language", language!)));
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, "probe")), "probe")));
    }
}
