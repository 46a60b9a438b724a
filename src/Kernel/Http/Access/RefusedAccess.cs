using System.Net;
using System.Text.Json;
using Maydon.Kernel.Persistence;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Kernel.Http.Access;

/// <summary>How a refused policy looks: 401 for who is nobody yet, 403 for who may not.</summary>
internal sealed class RefusedAccess : IAuthorizationMiddlewareResultHandler
{
    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
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

internal static class RefusalRecord
{
    public static Task AddAsync(HttpContext context)
    {
        var services = context.RequestServices;
        if (services.GetRequiredService<CurrentUser>().IdOrNull is not { } user)
            return Task.CompletedTask;
        var details = JsonSerializer.Serialize(new { method = context.Request.Method, path = context.Request.Path.Value });
        var entry = new AuditEntry("access_refused", UserId: user, ActorId: user, Address: context.Connection.RemoteIpAddress?.ToString(), details);
        return services.GetRequiredService<AuditLog>().AddAsync(entry, context.RequestAborted);
    }
}
