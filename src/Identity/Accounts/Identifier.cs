using System.Text.RegularExpressions;
using Maydon.Kernel.Mail;

namespace Maydon.Identity.Accounts;

internal enum IdentifierKind { Email, Phone, Username }

/// <summary>
/// What an account is called by, in its one spelling: every lookup and every counter uses it. Email addresses (<see cref="EmailAddress"/>) are
/// ASCII, which leaves no second spelling that looks the same.
/// </summary>
internal sealed partial record Identifier(IdentifierKind Kind, string Value)
{
    private const int MaxEmail = EmailAddress.MaxLength;

    /// <summary>No account has it: a lookup that costs what a real one does.</summary>
    public static readonly Identifier Nobody = new(IdentifierKind.Email, "");

    /// <summary>An email of this machine or of a bare IP address: right for trying things out, nobody's mailbox on the internet.</summary>
    public bool IsOfThisMachine => Kind == IdentifierKind.Email && Value[(Value.LastIndexOfAny(['@', '.']) + 1)..] is var last
        && (last is "localhost" or "localdomain" || last.All(char.IsAsciiDigit));

    /// <summary>Null when it can be nobody's.</summary>
    public static Identifier? Parse(string? text) => text is null ? null : Email(text) ?? Phone(text) ?? Username(text);

    public static Identifier? Email(string? text)
    {
        var value = text?.Trim().ToLowerInvariant();
        return value is { Length: > 0 and <= MaxEmail } && EmailAddress.IsValid(value) ? new(IdentifierKind.Email, value) : null;
    }

    /// <summary>Blanks, dashes and brackets are dropped; nine digits or <c>998…</c> are numbers of Uzbekistan.</summary>
    public static Identifier? Phone(string? text)
    {
        if (text is null || text.Length > 40)
            return null;
        var value = string.Concat(text.Where(c => !char.IsWhiteSpace(c) && c is not ('-' or '(' or ')')));
        if (value.Length == 9 && value.All(char.IsAsciiDigit))
            value = "+998" + value;
        else if (value.StartsWith("998", StringComparison.Ordinal))
            value = "+" + value;
        return PhoneShape().IsMatch(value) ? new(IdentifierKind.Phone, value) : null;
    }

    public static Identifier? Username(string? text)
    {
        var value = text?.Trim().ToLowerInvariant();
        return value is not null && UsernameShape().IsMatch(value) ? new(IdentifierKind.Username, value) : null;
    }

    [GeneratedRegex(@"\A\+[1-9][0-9]{6,14}\z", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex PhoneShape();

    [GeneratedRegex(@"\A[a-z][a-z0-9._-]{0,149}\z", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex UsernameShape();
}

internal static class IdentifierQueries
{
    public static IQueryable<User> Called(this IQueryable<User> users, Identifier identifier) => identifier.Kind switch
    {
        IdentifierKind.Email => users.Where(user => user.Email == identifier.Value),
        IdentifierKind.Phone => users.Where(user => user.Phone == identifier.Value),
        _ => users.Where(user => user.Username == identifier.Value),
    };
}
