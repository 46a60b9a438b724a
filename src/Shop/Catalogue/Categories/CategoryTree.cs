using Maydon.Kernel.Http;
using Npgsql;

namespace Maydon.Shop.Catalogue.Categories;

/// <summary>The rules that a category alone cannot keep.</summary>
internal static class CategoryTree
{
    public const int MostLevels = 8;

    /// <summary>
    /// One writer at a time: two moves that are harmless each can close a circle together. Readers, and products that are put into a category, are not
    /// held up.
    /// </summary>
    public static async Task LockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("lock table shop.categories in share row exclusive mode", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The position after all that lie below <paramref name="parent"/>. Under <see cref="LockAsync"/>.</summary>
    public static async Task<int> FindLastAsync(NpgsqlConnection connection, long? parent, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select least(coalesce(max(position) + 1, 0), $2) from shop.categories where parent_id is not distinct from $1", connection);
        command.Parameters.Add(new() { Value = (object?)parent ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = CategoryFields.MostPosition });
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Why nothing can be put below <paramref name="parent"/>; null when it can. Under <see cref="LockAsync"/>.</summary>
    /// <param name="moved">What is to be put there, with all that is below it; null when it is new.</param>
    public static async Task<Problem?> CheckPlaceAsync(NpgsqlConnection connection, long? parent, long? moved, CancellationToken cancellationToken)
    {
        if (parent is not { } id)
            return null;
        await using var command = new NpgsqlCommand(
            """
            with recursive up as (
                select id, parent_id, 1 as level from shop.categories where id = $1
                union all
                select c.id, c.parent_id, level + 1 from up join shop.categories c on c.id = up.parent_id where level < 100
            ),
            down as (
                select id, 1 as level from shop.categories where id = $2
                union all
                select c.id, level + 1 from down join shop.categories c on c.parent_id = down.id where level < 100
            )
            select coalesce((select max(level) from up), 0), coalesce((select max(level) from down), 1), exists (select from up where id = $2)
            """,
            connection);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = moved ?? 0 });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (above, below, isCircle) = (reader.GetInt32(0), reader.GetInt32(1), reader.GetBoolean(2));
        if (above == 0)
            return Problem.Invalid("parent", "category_not_found");
        if (isCircle)
            return Problem.Conflict("category_cycle");
        return above + below > MostLevels ? Problem.Conflict("category_too_deep", MostLevels) : null;
    }
}
