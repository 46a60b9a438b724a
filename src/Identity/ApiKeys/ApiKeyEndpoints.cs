using System.ComponentModel;
using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Idempotency;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity.ApiKeys;

public sealed class CreateApiKeyRequest
{
    [RequiredField] public long? UserId { get; init; }
    [RequiredField, MaxLine(ApiKey.MaxName)] public string? Name { get; init; }

    /// <summary>Permissions of the user; left out, all that there are now.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>Left out, it does not expire.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary><c>prefix</c> is the beginning of the key, to tell it by. It works unless <c>revoked_at</c> is set or <c>expires_at</c> has come.</summary>
public sealed record ApiKeyBody(
    long Id, long UserId, string Name, string Prefix, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt);

/// <summary><c>key</c> is shown this once.</summary>
public sealed record NewApiKeyBody(string Key, ApiKeyBody ApiKey);

public sealed class ApiKeyListQuery : ListQuery
{
    [FromQuery(Name = "user_id")]
    public long? UserId { get; set; }

    [FromQuery(Name = "is_live"), Description("true: neither revoked nor expired; false: one of them.")]
    public bool? IsLive { get; set; }
}

/// <summary><c>/api/admin/api-keys/</c></summary>
internal static class ApiKeyEndpoints
{
    public static void MapApiKeyEndpoints(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/api/admin/api-keys").RequireAuthorization(Policies.Superuser).WithProblems(400, 401, 403, 404, 429);
        keys.MapGet("/", List).WithSummary("API keys, the newest first");
        keys.MapPost("/", Create).WithSummary("Make an API key; it is shown this once").WithoutIdempotency().WithProblems(409);
        keys.MapDelete("/{id:long}/", Revoke).WithSummary("Revoke an API key");
    }

    private static async Task<Results<Ok<Page<ApiKeyBody>>, Problem>> List(
        [AsParameters] ApiKeyListQuery query, IdentityDb db, TimeProvider clock, HttpRequest request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var keys = db.ApiKeys.AsNoTracking();
        if (query.UserId is { } userId)
            keys = keys.Where(key => key.UserId == userId);
        if (query.IsLive is { } isLive)
            keys = keys.Where(key => (key.RevokedAt == null && (key.ExpiresAt == null || key.ExpiresAt > now)) == isLive);
        var count = await keys.LongCountAsync(cancellationToken);
        if (query.Check(count) is { } refusal)
            return refusal;
        var rows = await keys.OrderByDescending(key => key.Id).Skip((int)query.Offset).Take(query.Size).ToListAsync(cancellationToken);
        return TypedResults.Ok(query.ToPage(request, count, [.. rows.Select(BodyOf)]));
    }

    private static async Task<Results<Created<NewApiKeyBody>, Problem>> Create(CreateApiKeyRequest request, WriteApiKey write, CurrentUser user, CancellationToken cancellationToken)
    {
        var (key, text, refusal) = await write.CreateAsync(request.UserId!.Value, request.Name!, request.Scopes, request.ExpiresAt, user.Id, cancellationToken);
        return key is null ? refusal! : TypedResults.Created((string?)null, new NewApiKeyBody(text!.Value, BodyOf(key)));
    }

    private static async Task<Results<NoContent, Problem>> Revoke(long id, WriteApiKey write, CurrentUser user, CancellationToken cancellationToken) =>
        await write.RevokeAsync(id, user.Id, cancellationToken) is { } refusal ? refusal : TypedResults.NoContent();

    private static ApiKeyBody BodyOf(ApiKey key) =>
        new(key.Id, key.UserId, key.Name, key.Prefix, key.Scopes, key.CreatedAt, key.ExpiresAt, key.RevokedAt, key.LastUsedAt);
}
