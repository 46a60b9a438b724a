using Maydon.Kernel.Settings;

namespace Maydon.Identity.Tokens;

/// <summary>The keys of this module.</summary>
internal sealed class DerivedKeys(MaydonSettings settings)
{
    private const string Module = "maydon.identity";

    public byte[] TokenSigning { get; } = DerivedKey.Of(settings, Module, "token signing");
    public byte[] CodeHashing { get; } = DerivedKey.Of(settings, Module, "code hashing");
    public byte[] CodeMails { get; } = DerivedKey.Of(settings, Module, "code mails");
}
