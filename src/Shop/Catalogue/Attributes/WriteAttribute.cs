using System.Runtime.InteropServices;
using Maydon.Kernel.Caching;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Maydon.Shop.Browsing;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Maydon.Shop.Catalogue.Attributes;

/// <summary>The id of the new attribute, or why there is none.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CreatedAttribute(long Id, Problem? Refusal);

/// <summary>Makes, changes and removes attributes. What a variant has stays: the foreign key refuses, and that is answered with <c>attribute_in_use</c>.</summary>
internal sealed class WriteAttribute(ShopDbContext db, DbSession session, ShopStamps stamps)
{
    public async Task<CreatedAttribute> CreateAsync(AttributeFields fields, CancellationToken cancellationToken)
    {
        if (fields.Check(nameKept: false) is { Count: > 0 } errors)
            return new CreatedAttribute(0, Problem.Invalid(errors));
        await using var transaction = await session.BeginAsync(cancellationToken);
        var created = ShopAttribute.Create(AttributeWords.Tidy(fields.Name!));
        db.Add(created);
        await db.SaveChangesAsync(cancellationToken);
        await WriteValuesAsync(created.Id, fields.TidyValues(), cancellationToken);
        await stamps.WrittenAsync(session, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new CreatedAttribute(created.Id, Refusal: null);
    }

    /// <summary>Null when done, or why not.</summary>
    public async Task<Problem?> ChangeAsync(long id, AttributeFields fields, bool replace, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        if (await LockAsync(id, cancellationToken) is not { } attribute)
            return Problem.NotFound("attribute_not_found");
        if (fields.Check(nameKept: !replace) is { Count: > 0 } errors)
            return Problem.Invalid(errors);
        if (fields.IsSent(nameof(fields.Name)))
            attribute.Rename(AttributeWords.Tidy(fields.Name!));
        await db.SaveChangesAsync(cancellationToken);
        if (replace || fields.IsSent(nameof(fields.Values)))
            await WriteValuesAsync(id, fields.TidyValues(), cancellationToken);
        await stamps.WrittenAsync(session, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    /// <summary>Null when done, or why not.</summary>
    public async Task<Problem?> DeleteAsync(long id, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        if (await LockAsync(id, cancellationToken) is not { } attribute)
            return Problem.NotFound("attribute_not_found");
        await WriteValuesAsync(id, [], cancellationToken);
        db.Remove(attribute);
        await db.SaveChangesAsync(cancellationToken);
        await stamps.WrittenAsync(session, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    /// <summary>Whole: whoever makes a value of it waits, for its foreign key.</summary>
    private async Task<ShopAttribute?> LockAsync(long id, CancellationToken cancellationToken) =>
        (await db.Set<ShopAttribute>().FromSql($"select * from shop.attributes where id = {id} for update").ToListAsync(cancellationToken)).SingleOrDefault();

    /// <summary>Those that are not wanted go, those that are spelt otherwise are spelt so, new ones come last.</summary>
    private async Task WriteValuesAsync(long id, string[] values, CancellationToken cancellationToken)
    {
        await ExecuteAsync(
            """
            delete from shop.attribute_values v where attribute_id = $1
            and not exists (select from unnest($2) as w (value) where shop.fold(w.value) = shop.fold(v.value))
            """,
            id, values, cancellationToken);
        await ExecuteAsync(
            """
            update shop.attribute_values v set value = w.value from unnest($2) as w (value)
            where v.attribute_id = $1 and shop.fold(w.value) = shop.fold(v.value) and v.value <> w.value
            """,
            id, values, cancellationToken);
        await ExecuteAsync(
            """
            insert into shop.attribute_values (attribute_id, value) select $1, value from unnest($2) with ordinality as w (value, place) order by place
            on conflict (attribute_id, shop.fold(value)) do nothing
            """,
            id, values, cancellationToken);
    }

    private async Task ExecuteAsync(string sql, long id, string[] values, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, session.Connection);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = values });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
