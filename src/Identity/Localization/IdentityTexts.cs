namespace Maydon.Identity.Localization;

/// <summary>Marks where this module's texts are. <c>no_active_account</c> is English in every language: existing clients compare it.</summary>
internal sealed class IdentityTexts;
