using System.Globalization;
using Maydon.Identity.Accounts;
using Maydon.Identity.Passwords;
using Maydon.Kernel.Operations;
using Maydon.Kernel.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity.Demo;

/// <summary>
/// Organisers and guests to try the server with, all <c>…@demo.example</c>, an address that can never be anybody's. Two can sign in, with a
/// random password that is said once; the others have none.
/// </summary>
internal sealed class DemoPeople(IdentityDb db, DbSession session, PasswordHashing passwords, TimeProvider clock) : IDemoData
{
    private const string Domain = "demo.example";

    private static readonly string[] s_firstNames =
        ["Aziza", "Bekzod", "Dilnoza", "Eldor", "Farida", "Gulnora", "Hasan", "Iroda", "Jasur", "Kamola", "Laziz", "Malika", "Nodira", "Otabek", "Polina", "Rustam"];

    private static readonly string[] s_lastNames = ["Karimov", "Yusupov", "Rahimov", "Saidov", "Ismoilov"];
    private static readonly string[] s_languages = ["uz", "uz", "uz-Cyrl", "ru", "en"];

    public async Task<IReadOnlyList<string>> LoadAsync(CancellationToken cancellationToken)
    {
        var facilitator = $"facilitator@{Domain}";
        if (await db.Users.AnyAsync(user => user.Email == facilitator, cancellationToken))
            return [];
        var password = MadePassword.OfLength(12);
        var hash = await passwords.HashAsync(password, cancellationToken) ?? throw new InvalidOperationException("Too many passwords are being hashed.");

        await using var transaction = await session.BeginAsync(cancellationToken);
        db.Users.Add(Person(facilitator, "Dilnoza Karimova", Roles.Facilitator, "uz", hash));
        db.Users.Add(Person($"seeker@{Domain}", "Bekzod Yusupov", Roles.Seeker, "ru", hash));
        for (var i = 2; i <= 4; i++)
            db.Users.Add(Person(string.Create(CultureInfo.InvariantCulture, $"facilitator{i}@{Domain}"), Name(7 * i), Roles.Facilitator, s_languages[i], hash: null));
        for (var i = 0; i < s_firstNames.Length * s_lastNames.Length; i++)
            db.Users.Add(Person($"{Name(i).Replace(' ', '.').ToLowerInvariant()}@{Domain}", Name(i), Roles.Seeker, s_languages[i % s_languages.Length], hash: null));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return [$"Demo accounts      {facilitator} and seeker@{Domain}, password {password} (shown this once)"];
    }

    private static string Name(int i)
    {
        var first = s_firstNames[i % s_firstNames.Length];
        var last = s_lastNames[i / s_firstNames.Length % s_lastNames.Length];
        return first.EndsWith('a') ? $"{first} {last}a" : $"{first} {last}";
    }

    private User Person(string email, string name, string role, string language, string? hash)
    {
        var user = new User(email, phone: null, username: null, clock.Now()) { FullName = name, Language = language, PasswordHash = hash };
        user.SetRoles([role]);
        user.VerifyEmail();
        return user;
    }
}
