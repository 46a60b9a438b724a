using Maydon.Kernel.Caching;
using Maydon.Kernel.Redis;
using Maydon.Kernel.Signals;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Maydon.Catalog.Reading;

/// <summary>What is written of the catalogue.</summary>
internal sealed class CatalogStamps(ClusterSignals signals, ChangeLog log) : ReadStamps(signals, log, Topic)
{
    public const string Topic = "catalog.written";
}

/// <summary>The answers about records that are kept in memory.</summary>
internal sealed class CatalogAnswers(CatalogStamps stamps, TimeProvider clock, IOptions<JsonOptions> json) : CachedReads(stamps, clock, json)
{
    /// <summary>Whoever is signed in sees more; and a code with a slash is told from one with <c>%2F</c> by nothing but what came over the wire.</summary>
    protected override string Key(HttpContext context)
    {
        var key = base.Key(context);
        if (context.Request.Path.Value!.Contains('%', StringComparison.Ordinal))
            key += $" {context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget}";
        return context.User.Identity?.IsAuthenticated is true ? $"signed in: {key}" : key;
    }
}
