using System.Buffers;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Maydon.Kernel.Localization;
using Maydon.Kernel.Mail;

namespace Maydon.Kernel.Http;

// The rules that requests put on their fields: .NET's own attributes, so that validation and OpenAPI know them, with messages in
// the language of the request.

public static class FieldRules
{
    /// <summary>
    /// What the fields of a request say is wrong with them. For a use case with rules of its own, on an endpoint with
    /// <c>DisableValidation()</c>: otherwise .NET would answer with these alone, and the caller would hear of the others one request later.
    /// </summary>
    public static ValidationErrors Check(object request)
    {
        var errors = new ValidationErrors();
        foreach (var property in request.GetType().GetProperties())
        {
            var field = new ValidationContext(request) { MemberName = property.Name };
            // As .NET does it: of what is not there nothing else can be wrong.
            foreach (var rule in property.GetCustomAttributes<ValidationAttribute>(inherit: true).OrderBy(rule => rule is not RequiredAttribute))
            {
                if (rule.GetValidationResult(property.GetValue(request), field) is not { ErrorMessage: { } message })
                    continue;
                errors.AddText(property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name), message);
                if (rule is RequiredAttribute)
                    break;
            }
        }

        return errors;
    }

    /// <summary>Whether there is nothing to be seen: blanks, and characters that have no width or only look like a blank.</summary>
    public static bool IsBlank(string? text) => (text ?? "").EnumerateRunes().All(letter =>
        Rune.IsWhiteSpace(letter) || Rune.GetUnicodeCategory(letter) is UnicodeCategory.Control or UnicodeCategory.Format
        || (letter.IsBmp ? s_unseen.Contains((char)letter.Value) : letter.Value is >= 0xe0100 and <= 0xe01ef));

    /// <summary>Text of a line as it is kept: without blanks around it, and nothing when there is nothing to be seen.</summary>
    public static string Trimmed(string? text) => IsBlank(text) ? "" : text!.Trim();

    // Joiners, fillers, variation selectors and the empty Braille cell: letters and signs to Unicode, nothing to the eye.
    private static readonly SearchValues<char> s_unseen = SearchValues.Create("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\ufe00\ufe01\ufe02\ufe03\ufe04\ufe05\ufe06\ufe07\ufe08\ufe09\ufe0a\ufe0b\ufe0c\ufe0d\ufe0e\ufe0f\uffa0");

    /// <summary>
    /// Whether text would begin a new line somewhere, or turn the direction in which all that follows is read: either lets a name look like
    /// something else.
    /// </summary>
    public static bool LeavesItsLine(string text) => text.Any(letter =>
        (char.IsControl(letter) && letter != '\t') || letter is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069'));
}

[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class RequiredFieldAttribute : RequiredAttribute
{
    public override string FormatErrorMessage(string name) => Messages.Text("required");

    public override bool IsValid(object? value) => value is string text ? !FieldRules.IsBlank(text) : base.IsValid(value);
}

/// <summary>Length in UTF-16 units.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class MaxTextAttribute(int maximumLength) : StringLengthAttribute(maximumLength)
{
    public override string FormatErrorMessage(string name) => Messages.Text("max_length", MaximumLength);
}

/// <summary>Text of one line: what it names stands in subjects, lists and files where a line break would look like something else.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class MaxLineAttribute(int maximumLength) : StringLengthAttribute(maximumLength)
{
    public override string FormatErrorMessage(string name) => Messages.Text("max_length", MaximumLength);

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        value is string text && FieldRules.LeavesItsLine(text) ? new ValidationResult(Messages.Text("invalid_characters")) : base.IsValid(value, validationContext);
}

/// <summary>An address that mail can be sent to; blanks around it do not count.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class EmailFieldAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) => value is not string { Length: > 0 } text || EmailAddress.IsValid(text.Trim().ToLowerInvariant());

    public override string FormatErrorMessage(string name) => Messages.Text("invalid_email");
}

[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class WithinAttribute(int minimum, int maximum) : RangeAttribute(minimum, maximum)
{
    public override string FormatErrorMessage(string name) => Messages.Text("out_of_range", Minimum, Maximum);
}

[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public class OneOfAttribute(params string[] values) : AllowedValuesAttribute([null, .. values])
{
    public override string FormatErrorMessage(string name) => Messages.Text("invalid_choice", string.Join(", ", values));
}

/// <summary>One of the languages that people can choose.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class LanguageAttribute() : OneOfAttribute([.. Messages.Languages]);

/// <summary>
/// Of fields that making and changing a thing share: something new must have it, a change may leave it out. It tells the document so; the use case checks it.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RequiredToCreateAttribute : Attribute;
