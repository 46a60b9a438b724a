using System.ComponentModel.DataAnnotations;
using Maydon.Kernel.Localization;

namespace Maydon.Shop.Orders;

/// <summary>A number to call a buyer at, of any country and as people write it.</summary>
internal static class PhoneNumber
{
    private const int FewestDigits = 7;
    private const string Country = "998";
    private const int CountryDigits = 12;

    /// <summary>Its digits, without Uzbekistan's code; null when it cannot be a number.</summary>
    public static string? DigitsOf(string? text)
    {
        if (text is null || !text.All(sign => char.IsAsciiDigit(sign) || char.IsWhiteSpace(sign) || "+-–()./,;#".Contains(sign, StringComparison.Ordinal)))
            return null;
        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        if (digits.Length < FewestDigits)
            return null;
        return digits.Length == CountryDigits && digits.StartsWith(Country, StringComparison.Ordinal) ? digits[Country.Length..] : digits;
    }
}

[AttributeUsage(AttributeTargets.Property)]
internal sealed class PhoneFieldAttribute : ValidationAttribute
{
    // What is not there at all is another rule's.
    public override bool IsValid(object? value) => value is not string text || string.IsNullOrWhiteSpace(text) || PhoneNumber.DigitsOf(text) is not null;

    public override string FormatErrorMessage(string name) => Messages.Text("phone_expected");
}
