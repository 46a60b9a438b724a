using System.Runtime.InteropServices;
using Maydon.Kernel.Http;
using Npgsql;

namespace Maydon.Shop.Catalogue.Attributes;

/// <summary>An attribute's value by its ids.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct KnownValue(long AttributeId, long ValueId);

/// <summary>Names and values as people write them, and the one spelling that each has in the database.</summary>
internal static class AttributeWords
{
    public const int WordLength = 100;
    public const int MostOfVariant = 20;

    /// <summary>Blanks around and doubled between words make no other word.</summary>
    public static string Tidy(string word) => string.Join(' ', word.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>What is wrong with the attributes of a variant.</summary>
    public static void Check(Dictionary<string, string>? attributes, ValidationErrors errors)
    {
        if (attributes is null)
            return;
        if (attributes.Count > MostOfVariant)
            errors.Add("attributes", "too_many_attributes", MostOfVariant);
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in attributes)
        {
            CheckWord("attributes", Tidy(name), errors);
            CheckWord("attributes", Tidy(value ?? ""), errors);
            if (!names.Add(Tidy(name)))
                errors.Add("attributes", "attribute_named_twice", Tidy(name));
        }
    }

    /// <summary>One attribute in two spellings, such as <c>O'lcham</c> and <c>Oʻlcham</c>, which only the database can tell; null when there is none.</summary>
    public static Problem? FindTwice(List<KnownValue> values) =>
        values.CountBy(value => value.AttributeId).FirstOrDefault(named => named.Value > 1) is { Value: > 1 }
            ? Problem.Invalid("attributes", "attribute_spelt_twice")
            : null;

    public static void CheckWord(string field, string word, ValidationErrors errors)
    {
        if (FieldRules.IsBlank(word))
            errors.Add(field, "required");
        if (word.Length > WordLength)
            errors.Add(field, "max_length", WordLength);
        if (FieldRules.LeavesItsLine(word))
            errors.Add(field, "invalid_characters");
    }

    /// <summary>
    /// The values of these attributes, made where nobody knows them yet, in one spelling however many write them at once: the unique indexes decide. In
    /// the transaction that uses them, until whose end none of them goes.
    /// </summary>
    /// <param name="attributes">Checked.</param>
    public static async Task<List<KnownValue>> FindOrMakeAsync(NpgsqlConnection connection, Dictionary<string, string> attributes, CancellationToken cancellationToken)
    {
        var names = attributes.Keys.Select(Tidy).ToArray();
        var values = attributes.Values.Select(Tidy).ToArray();
        while (names.Length > 0)
        {
            // Everybody makes them in the same order: so no two wait for each other.
            await ExecuteAsync(
                """
                insert into shop.attributes (name) select name from unnest($1) as w (name) order by shop.fold(name)
                on conflict (shop.fold(name)) do nothing
                """,
                connection, names, null, cancellationToken);
            await ExecuteAsync(
                """
                insert into shop.attribute_values (attribute_id, value)
                select a.id, w.value from unnest($1, $2) as w (name, value) join shop.attributes a on shop.fold(a.name) = shop.fold(w.name)
                order by a.id, shop.fold(w.value)
                on conflict (attribute_id, shop.fold(value)) do nothing
                """,
                connection, names, values, cancellationToken);
            var known = await FindAsync(connection, names, values, cancellationToken);
            // One less, if somebody removed it between the two: then it is made again.
            if (known.Count == names.Length)
                return known;
        }

        return [];
    }

    private static async Task<List<KnownValue>> FindAsync(NpgsqlConnection connection, string[] names, string[] values, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select a.id, v.id from unnest($1, $2) as w (name, value)
            join shop.attributes a on shop.fold(a.name) = shop.fold(w.name)
            join shop.attribute_values v on v.attribute_id = a.id and shop.fold(v.value) = shop.fold(w.value)
            for key share of a, v
            """,
            connection);
        command.Parameters.Add(new() { Value = names });
        command.Parameters.Add(new() { Value = values });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var known = new List<KnownValue>(names.Length);
        while (await reader.ReadAsync(cancellationToken))
            known.Add(new KnownValue(reader.GetInt64(0), reader.GetInt64(1)));
        return known;
    }

    private static async Task ExecuteAsync(string sql, NpgsqlConnection connection, string[] names, string[]? values, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = names });
        if (values is not null)
            command.Parameters.Add(new() { Value = values });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
