using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Shop.Catalogue.Attributes;

/// <summary>An attribute with all values that it can have, in the order in which they came up.</summary>
public sealed record AttributeAnswer(long Id, string Name, IReadOnlyList<string> Values);

public sealed class AttributeQuery : ListQuery;

internal sealed class AttributeReads(ShopDbContext db)
{
    public async Task<AttributeAnswer?> FindAsync(long id, CancellationToken cancellationToken) =>
        (await LoadAsync(db.Set<ShopAttribute>().Where(attribute => attribute.Id == id), cancellationToken)).SingleOrDefault();

    /// <summary>Null when there is no such page.</summary>
    public async Task<Page<AttributeAnswer>?> PageAsync(AttributeQuery query, HttpRequest request, CancellationToken cancellationToken)
    {
        var count = await db.Set<ShopAttribute>().LongCountAsync(cancellationToken);
        if (query.Check(count) is not null)
            return null;
        var rows = db.Set<ShopAttribute>().OrderBy(attribute => attribute.Name).ThenBy(attribute => attribute.Id).Skip((int)query.Offset).Take(query.Size);
        return query.ToPage(request, count, await LoadAsync(rows, cancellationToken));
    }

    private async Task<List<AttributeAnswer>> LoadAsync(IQueryable<ShopAttribute> rows, CancellationToken cancellationToken)
    {
        var found = await rows.AsNoTracking().ToListAsync(cancellationToken);
        var ids = found.ConvertAll(attribute => attribute.Id);
        var values = (await db.Set<AttributeValue>().AsNoTracking().Where(value => ids.Contains(value.AttributeId)).OrderBy(value => value.Id).ToListAsync(cancellationToken))
            .ToLookup(value => value.AttributeId, value => value.Value);
        return found.ConvertAll(attribute => new AttributeAnswer(attribute.Id, attribute.Name, [.. values[attribute.Id]]));
    }
}
