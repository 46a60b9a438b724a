using Microsoft.AspNetCore.Http;

namespace Maydon.Kernel.Localization;

/// <summary>Before authentication: what the client accepts, so that even a refusal at the door is understood.</summary>
internal sealed class SpeakAcceptedLanguage(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        RequestLanguage.Set(context);
        return next(context);
    }
}

/// <summary>After authentication: the user's own setting.</summary>
internal sealed class SpeakChosenLanguage(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.User.HasClaim(claim => claim.Type == RequestLanguage.Claim))
            RequestLanguage.Set(context);
        return next(context);
    }
}
