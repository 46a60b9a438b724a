using System.Security.Cryptography;

namespace Maydon.Identity.Passwords;

/// <summary>A random password that a person reads from a terminal: without letters and digits that look alike, almost five bits each.</summary>
internal static class MadePassword
{
    private const string Alphabet = "abcdefghjkmnpqrstuvwxyz23456789";

    public static string OfLength(int length) => RandomNumberGenerator.GetString(Alphabet, length);
}
