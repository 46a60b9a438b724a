using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using Maydon.Kernel.Localization;

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
            foreach (var rule in property.GetCustomAttributes<ValidationAttribute>(inherit: true))
            {
                if (rule.GetValidationResult(property.GetValue(request), field) is { ErrorMessage: { } message })
                    errors.AddText(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name), message);
            }
        }

        return errors;
    }
}

[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class RequiredFieldAttribute : RequiredAttribute
{
    public override string FormatErrorMessage(string name) => Messages.Text("required");
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
        value is string text && text.Any(c => char.IsControl(c) && c != '\t') ? new ValidationResult(Messages.Text("invalid_characters")) : base.IsValid(value, validationContext);
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
