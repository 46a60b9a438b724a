using System.Net.Http.Json;
using System.Text.Json;
using Maydon.Identity.Codes;
using Maydon.Identity.Passwords;
using Maydon.Identity.Tokens;
using Maydon.Kernel.Outbox;
using Maydon.Kernel.Settings;
using Maydon.Tests.Kernel;
using Maydon.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Maydon.Tests.Identity;

/// <summary>A server whose password hashes are cheap, and what the tests of this folder do again and again.</summary>
public sealed class IdentityServer(TestPostgres postgres) : IAsyncLifetime
{
    public const string Password = "paxta-dala-42";

    public TestServer Server { get; } = new(postgres);
    public HttpClient Anyone { get; private set; } = null!;

    public ValueTask InitializeAsync() => StartAsync();

    public async ValueTask StartAsync(Func<MaydonSettings, MaydonSettings>? change = null, Action<WebApplicationBuilder>? customise = null, Action<IEndpointRouteBuilder>? map = null)
    {
        await Server.StartAsync(change, builder =>
        {
            builder.Services.Replace(ServiceDescriptor.Singleton(new PasswordCost(1_000)));
            customise?.Invoke(builder);
        }, map);
        Anyone = Server.CreateClient();
    }

    /// <summary>A person with <see cref="Password"/>, verified.</summary>
    public async Task<TestAccount> CreatePersonAsync(params string[] roles)
    {
        var account = await Server.CreateUserAsync(roles);
        var hash = await Server.App.Services.GetRequiredService<PasswordHashing>().HashAsync(Password, CancellationToken.None);
        await Server.ExecuteAsync("update identity.users set password_hash = $1 where id = $2", hash!, account.Id);
        return account;
    }

    public async Task<JsonElement> LoginAsync(TestAccount account, string password = Password)
    {
        using var answer = await Anyone.PostAsync("/auth/login", new { email = account.Email, password });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.ReadAsync();
    }

    public HttpClient Bearing(string? access)
    {
        var client = Server.CreateClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", access);
        return client;
    }

    /// <summary>Every code mail that waits for a recipient, the newest first; once it is sent nothing is kept of it.</summary>
    public async Task<List<CodeInMail>> CodesAsync(string email)
    {
        var keys = Server.App.Services.GetRequiredService<DerivedKeys>();
        await using var command = Server.Database.CreateCommand("select id, subject, payload::text, due_at from kernel.outbox where kind = 'identity.code' and payload ? 'sealed' order by id desc");
        await using var reader = await command.ExecuteReaderAsync();
        var codes = new List<CodeInMail>();
        while (await reader.ReadAsync())
        {
            var delivery = new OutboxDelivery(reader.GetInt64(0), CodeMail.Kind, reader.GetString(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3), 1);
            var mail = CodeMail.Open(keys, delivery)!;
            if (mail.Recipient == email)
                codes.Add(new CodeInMail(mail.Purpose, mail.Code));
        }

        return codes;
    }

    public async Task<string> CodeAsync(string email) => (await CodesAsync(email))[0].Code;

    /// <summary>Six digits that the last code is not.</summary>
    public async Task<string> WrongCodeAsync(string email) => await CodeAsync(email) == "123456" ? "654321" : "123456";

    /// <summary>Actions recorded about an account, oldest first, each with the reason among its details if there is one.</summary>
    public async Task<List<string>> AuditAsync(long userId)
    {
        await using var command = Server.Database.CreateCommand(
            "select action || coalesce(' ' || (details ->> 'reason'), '') from kernel.audit_log where user_id = $1 order by id");
        command.Parameters.Add(new NpgsqlParameter { Value = userId });
        await using var reader = await command.ExecuteReaderAsync();
        var actions = new List<string>();
        while (await reader.ReadAsync())
            actions.Add(reader.GetString(0));
        return actions;
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

public sealed record CodeInMail(string Purpose, string Code);

internal static class Posting
{
    private static readonly JsonSerializerOptions s_wire = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static Task<HttpResponseMessage> PostAsync(this HttpClient client, string path, object body) => client.PostAsJsonAsync(path, body, s_wire);

    public static Task<HttpResponseMessage> PatchAsync(this HttpClient client, string path, object body) => client.PatchAsJsonAsync(path, body, s_wire);

    public static string Text(this JsonElement body, string name) => body.GetProperty(name).GetString()!;
}
