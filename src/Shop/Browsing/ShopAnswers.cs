using Maydon.Kernel.Caching;
using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Maydon.Shop.Browsing;

/// <summary>The answers about categories and products that are kept in memory.</summary>
internal sealed class ShopAnswers(ShopStamps stamps, TimeProvider clock, IOptions<JsonOptions> json) : CachedReads(stamps, clock, json)
{
    /// <summary>Buyers see what strangers see, signed in or not.</summary>
    protected override bool MayBeShownMore(HttpContext context) => context.RequestServices.GetRequiredService<CurrentUser>().IsStaff;
}
