using System.Globalization;
using System.Text.RegularExpressions;
using Maydon.Kernel.Http;
using Npgsql;

namespace Maydon.Shop.Catalogue.Texts;

/// <summary>Where a slug must be the only one of its kind. The database's constraint says so too; this finds one that it accepts.</summary>
internal sealed partial record SlugSpace(string Table, string Alive, string Fallback)
{
    public const int Longest = 255;

    /// <summary>Room for a number behind it.</summary>
    private const int LongestMade = 240;

    public static readonly SlugSpace Categories = new("shop.categories", "true", "category");
    public static readonly SlugSpace Products = new("shop.products", "deleted_at is null", "product");

    /// <summary>Says of a slug that somebody chose why it is none.</summary>
    public static void Check(string? slug, ValidationErrors errors)
    {
        if (slug is not null && !Form().IsMatch(slug))
            errors.Add("slug", "invalid_slug");
    }

    /// <summary>
    /// In the transaction that stores it: the one somebody chose, or one made from the name, with the first free number behind it if need be. Who makes
    /// one of the same stem waits until this transaction has ended: so all see each other, and none has to try again.
    /// </summary>
    /// <param name="self">The row that is to have it, if it is there already.</param>
    public async Task<string> SettleAsync(NpgsqlConnection connection, string? chosen, string name, long? self, CancellationToken cancellationToken)
    {
        var wanted = chosen ?? Transliteration.ToSlug(name, LongestMade);
        if (wanted.Length == 0)
            wanted = Fallback;
        await using (var command = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended($1, 0))", connection))
        {
            command.Parameters.Add(new() { Value = $"{Table}.slug:{Stem().Replace(wanted, "")}" });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        // Whoever chose one hears from the constraint that it is taken.
        return chosen ?? await FindFreeAsync(connection, wanted, self, cancellationToken);
    }

    private async Task<string> FindFreeAsync(NpgsqlConnection connection, string wanted, long? self, CancellationToken cancellationToken)
    {
        // By equality, which every index can do in any locale; more at a time when many bear one name.
        for (int first = 1, count = 20; ; first += count, count *= 10)
        {
            var candidates = Enumerable.Range(first, count).Select(n => n == 1 ? wanted : string.Create(CultureInfo.InvariantCulture, $"{wanted}-{n}")).ToArray();
            await using var command = new NpgsqlCommand($"select slug from {Table} where slug = any($1) and {Alive} and id <> $2", connection);
            command.Parameters.Add(new() { Value = candidates });
            command.Parameters.Add(new() { Value = self ?? 0 });
            var taken = new HashSet<string>(StringComparer.Ordinal);
            await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
            {
                while (await reader.ReadAsync(cancellationToken))
                    taken.Add(reader.GetString(0));
            }

            if (candidates.FirstOrDefault(candidate => !taken.Contains(candidate)) is { } free)
                return free;
        }
    }

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Form();

    /// <summary>Numbers behind a slug: what it shares with those it could meet is what stands before them.</summary>
    [GeneratedRegex("(-[0-9]+)+$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Stem();
}
