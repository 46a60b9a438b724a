using System.Globalization;
using System.Text.Json;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Kernel.Http.Access;

/// <summary>
/// How a refused policy looks: 401 for who is nobody yet, 403 for who may not. An API key is good for permissions alone: where none is asked for, it
/// would be its owner's sessions, password and orders that it opens.
/// </summary>
internal sealed class RefusedAccess : IAuthorizationMiddlewareResultHandler
{
    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded && (!CurrentUser.IsByApiKey(context.User) || IsOpenToKeys(context.GetEndpoint())))
        {
            await next(context);
        }
        else if (authorizeResult.Challenged)
        {
            await Problem.Of(StatusCodes.Status401Unauthorized, "not_authenticated").ExecuteAsync(context);
        }
        else
        {
            await RefusalRecord.AddAsync(context);
            await Problem.Forbidden().ExecuteAsync(context);
        }
    }

    private static bool IsOpenToKeys(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<RequiredPermission>() is not null || endpoint?.Metadata.GetMetadata<KeysWelcome>() is not null;
}

/// <summary>A refusal that the endpoint itself decided (not the owner, not this role) is recorded like one of the policy's.</summary>
internal sealed class RefusalFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var answer = await next(context);
        // Results<…> wraps what the handler returned.
        var result = answer is INestedHttpResult nested ? nested.Result : answer;
        if (result is Problem { StatusCode: StatusCodes.Status403Forbidden, Code: "permission_denied" })
            await RefusalRecord.AddAsync(context.HttpContext);
        return answer;
    }
}

/// <summary>
/// The first fifty of an address in a quarter of an hour tell all there is to tell: whoever goes on must not fill the log, nor with long paths.
/// </summary>
internal static class RefusalRecord
{
    private const int PathLength = 200;
    private static readonly Rate s_perAddress = new(50, TimeSpan.FromMinutes(15));

    public static async Task AddAsync(HttpContext context)
    {
        var services = context.RequestServices;
        if (services.GetRequiredService<CurrentUser>().IdOrNull is not { } user)
            return;
        var address = context.Connection.RemoteIpAddress;
        var network = CallerNetwork.Of(address).ToString("x", CultureInfo.InvariantCulture);
        if (await services.GetRequiredService<ThrottleCounters>().HitAsync("access-refused", network, s_perAddress, context.RequestAborted) is not null)
            return;
        var path = context.Request.Path.Value ?? "";
        var details = JsonSerializer.Serialize(new { method = context.Request.Method, path = path[..Math.Min(path.Length, PathLength)] });
        var entry = new AuditEntry("access_refused", UserId: user, ActorId: user, Address: address?.ToString(), details);
        await services.GetRequiredService<AuditLog>().AddAsync(entry, context.RequestAborted);
    }
}
