using System.Collections.Frozen;
using Maydon.Kernel.Http;

namespace Maydon.Identity.Passwords;

/// <summary>What a new password must not be. No rules of composition: they make passwords worse.</summary>
internal static class PasswordRules
{
    public const int MinLength = 8;
    public const int MaxLength = 128;
    public const int RecommendedForStaff = 12;

    /// <summary>From this likeness on a password counts as the email or the name with a little trimming: <c>aliya</c> and <c>aliya123</c> have 0.77.</summary>
    private const double TooLike = 0.7;

    private static readonly FrozenSet<string> s_common = ReadCommon();
    private static readonly char[] s_separators = [' ', '.', '_', '-', '+', '@', '\''];

    /// <summary>Adds a message for every rule that <paramref name="password"/> breaks; it is missing when null or empty.</summary>
    /// <param name="email">Compared in whole, by its part before the @ and by its pieces; null when there is none or it is not known.</param>
    public static void Check(ValidationErrors errors, string field, string? password, string? email = null, string? name = null)
    {
        if (string.IsNullOrEmpty(password))
        {
            errors.Add(field, "required");
            return;
        }

        if (password.Length < MinLength)
            errors.Add(field, "password_too_short", MinLength);
        if (password.Length > MaxLength)
        {
            errors.Add(field, "password_too_long", MaxLength);
            return;
        }

        if (password.All(char.IsDigit))
            errors.Add(field, "password_all_digits");
        if (IsCommon(password))
            errors.Add(field, "password_common");
        if (email is not null && IsLike(password, email))
            errors.Add(field, "password_like_email");
        else if (name is not null && IsLike(password, name))
            errors.Add(field, "password_like_name");
    }

    public static bool IsCommon(string password) => s_common.Contains(password.ToLowerInvariant());

    private static bool IsLike(string password, string value)
    {
        var guess = password.ToLowerInvariant();
        var whole = value.Trim().ToLowerInvariant();
        var pieces = whole.Split(s_separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return pieces.Append(whole).Append(whole.Split('@')[0]).Append(string.Concat(pieces))
            .Where(piece => piece.Length >= 4)
            .Any(piece => Likeness(guess, piece) >= TooLike);
    }

    /// <summary>1 for the same, 0 for nothing in common: the letters they share in order, twice, over the length of both.</summary>
    private static double Likeness(string a, string b)
    {
        if (2.0 * Math.Min(a.Length, b.Length) / (a.Length + b.Length) < TooLike)
            return 0;
        var row = new int[b.Length + 1];
        foreach (var letter in a)
        {
            var diagonal = 0;
            for (var j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], letter == b[j - 1] ? diagonal + 1 : Math.Max(row[j], row[j - 1]));
        }

        return 2.0 * row[^1] / (a.Length + b.Length);
    }

    /// <summary>See CommonPasswords.LICENSE.txt for where the list comes from. It has only what the other rules would let pass.</summary>
    private static FrozenSet<string> ReadCommon()
    {
        using var stream = typeof(PasswordRules).Assembly.GetManifestResourceStream("CommonPasswords.txt")
            ?? throw new InvalidOperationException("The list of common passwords is not part of the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
    }
}
