using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Builder;

namespace Maydon.Identity.Codes;

internal static class CodeLimits
{
    /// <summary>
    /// Whoever asks for codes for ever new recipients is held back by none of their limits, fills the outbox and the audit log, and has us
    /// mail strangers; whoever tries codes of ever new recipients guesses one in the end. Counted before anything is looked up.
    /// </summary>
    public static TBuilder LimitCodes<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.LimitPerAddress("codes", throttles => throttles.Codes);
}
