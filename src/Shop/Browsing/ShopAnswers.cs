using Maydon.Kernel.Caching;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Maydon.Shop.Browsing;

/// <summary>The answers about categories and products that are kept in memory.</summary>
internal sealed class ShopAnswers(ShopStamps stamps, TimeProvider clock, IOptions<JsonOptions> json) : CachedReads(stamps, clock, json);
