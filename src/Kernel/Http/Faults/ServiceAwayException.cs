
namespace Maydon.Kernel.Http;

/// <summary>Something that this server stands on, other than its database, cannot be used now: whoever asked is told <paramref name="refusal"/>.</summary>
public sealed class ServiceAwayException(Problem refusal, Exception? cause = null) : Exception(cause?.Message ?? refusal.Code, cause)
{
    public Problem Refusal { get; } = refusal;
}
