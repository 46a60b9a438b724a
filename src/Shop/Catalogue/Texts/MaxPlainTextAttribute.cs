using System.ComponentModel.DataAnnotations;
using Maydon.Kernel.Localization;

namespace Maydon.Shop.Catalogue.Texts;

/// <summary>Length in UTF-16 units, of what was sent and of what is kept of it: <see cref="PlainText"/> makes some texts longer.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class MaxPlainTextAttribute(int maximumLength) : StringLengthAttribute(maximumLength)
{
    public override bool IsValid(object? value) => base.IsValid(value) && PlainText.Of(value as string).Length <= MaximumLength;

    public override string FormatErrorMessage(string name) => Messages.Text("max_length", MaximumLength);
}
