using Maydon.Kernel.Caching;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Maydon.Events.Caching;

/// <summary>The answers about events that are kept in memory.</summary>
internal sealed class EventAnswers(EventStamps stamps, TimeProvider clock, IOptions<JsonOptions> json) : CachedReads(stamps, clock, json);
