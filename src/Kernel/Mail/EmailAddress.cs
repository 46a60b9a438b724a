using System.Text.RegularExpressions;

namespace Maydon.Kernel.Mail;

/// <summary>
/// What is taken for an address that mail can be sent to, in lower case: ASCII, without the signs that old mail servers take for a route
/// (<c>%</c>, <c>!</c>), that begin an encoded word (<c>=?</c>) or mean something to a shell.
/// </summary>
public static partial class EmailAddress
{
    public const int MaxLength = 254;

    public static bool IsValid(string text) => text.Length is > 0 and <= MaxLength && Shape().IsMatch(text);

    [GeneratedRegex(@"\A(?=.{1,64}@)(?![^@]*=\?)[a-z0-9#$&'*+/=?^_{|}~-]+(\.[a-z0-9#$&'*+/=?^_{|}~-]+)*@(localhost|([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)\z", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Shape();
}
