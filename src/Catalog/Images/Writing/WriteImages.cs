using System.Runtime.InteropServices;
using Maydon.Catalog.Images.Uploading;
using Maydon.Catalog.Records;
using Maydon.Catalog.Writing;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Catalog.Images.Writing;

/// <summary>The ids of the images as they are now, or why not.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ImageOutcome(IReadOnlyList<long> Ids, Problem? Refusal);

/// <summary>
/// Adds, changes and deletes the images of a list's records, each in the catalogue's turn. To the record it is a change like any other: its version goes
/// up, and its history and the feed tell the images before and after.
/// </summary>
internal sealed class WriteImages(CatalogDbContext db, DbSession session, CatalogTurn turn, StoreFiles files, TimeProvider clock)
{
    /// <summary>All or none.</summary>
    public async Task<ImageOutcome> AddAsync(
        CatalogList list, RecordKey key, IReadOnlyList<ReceivedImage> received, ImageFields sent, ChangeOrigin origin, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        await turn.TakeAsync(origin, cancellationToken);
        if (await key.FindAsync(list, session.Connection, cancellationToken) is not { } record)
            return Refused(list.NotFound());
        var name = list.Name;
        var others = await db.Set<CatalogImage>().Where(image => image.List == name && image.RecordId == record).Select(image => image.Position).ToListAsync(cancellationToken);
        if (others.Count + received.Count > UploadLimits.ImagesOfRecord)
            return Refused(Problem.Conflict("too_many_images", UploadLimits.ImagesOfRecord));
        var now = clock.Now();
        var last = others.Count == 0 ? -1 : others.Max();
        var images = new List<CatalogImage>();
        foreach (var one in received)
        {
            last = Math.Min(last + 1, CatalogImage.LastPosition);
            var image = CatalogImage.Of(name, record, await files.StoreAsync(one, cancellationToken), last, now);
            image.Write(sent, replace: false);
            images.Add(image);
        }

        if (images.Exists(image => image.IsMain))
            await TakeMainAsync(name, record, now, cancellationToken);
        db.AddRange(images);
        await FinishAsync(list, record, now, transaction, cancellationToken);
        return new ImageOutcome(images.ConvertAll(image => image.Id), Refusal: null);
    }

    /// <param name="received">Another picture; null leaves it.</param>
    /// <param name="replace">What was not sent is emptied, not kept.</param>
    public async Task<ImageOutcome> ChangeAsync(
        CatalogList list, long id, ReceivedImage? received, ImageFields sent, bool replace, string? ifMatch, ChangeOrigin origin, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        await turn.TakeAsync(origin, cancellationToken);
        if (await FindAsync(list, id, cancellationToken) is not { } image)
            return Refused(NotFound());
        if (!IfMatch.Allows(ifMatch, image.Version))
            return Refused(Outdated(image));
        var (now, shown, wasMain) = (clock.Now(), image.FileId, image.IsMain);
        if (received is not null)
            image.Show(await files.StoreAsync(received, cancellationToken));
        image.Write(sent, replace);
        if (db.Entry(image).State == EntityState.Unchanged)
        {
            // The same picture again: nothing is told of it, but variants that were given up are tried again.
            await transaction.CommitAsync(cancellationToken);
            return new ImageOutcome([id], Refusal: null);
        }

        image.Touch(now);
        if (image.IsMain && !wasMain)
            await TakeMainAsync(image.List, image.RecordId, now, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        if (image.FileId != shown)
            await files.ReleaseAsync(shown, cancellationToken);
        await FinishAsync(list, image.RecordId, now, transaction, cancellationToken);
        return new ImageOutcome([id], Refusal: null);
    }

    /// <summary>Null when done, or why not. For good: its file goes with its last use.</summary>
    public async Task<Problem?> DeleteAsync(CatalogList list, long id, string? ifMatch, ChangeOrigin origin, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        await turn.TakeAsync(origin, cancellationToken);
        if (await FindAsync(list, id, cancellationToken) is not { } image)
            return NotFound();
        if (!IfMatch.Allows(ifMatch, image.Version))
            return Outdated(image);
        db.Remove(image);
        await db.SaveChangesAsync(cancellationToken);
        await files.ReleaseAsync(image.FileId, cancellationToken);
        await FinishAsync(list, image.RecordId, clock.Now(), transaction, cancellationToken);
        return null;
    }

    public static Problem NotFound() => Problem.NotFound("image_not_found");

    private static Problem Outdated(CatalogImage image) => Problem.Of(412, "version_mismatch", image.Version);

    private static ImageOutcome Refused(Problem refusal) => new([], refusal);

    /// <summary>Of a record that is not deleted.</summary>
    private async Task<CatalogImage?> FindAsync(CatalogList list, long id, CancellationToken cancellationToken)
    {
        var name = list.Name;
        var image = await db.Set<CatalogImage>().SingleOrDefaultAsync(image => image.Id == id && image.List == name, cancellationToken);
        if (image is null)
            return null;
        await using var command = new NpgsqlCommand($"select from {list.Table} where id = $1 and not is_deleted", session.Connection);
        command.Parameters.Add(new() { Value = image.RecordId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? image : null;
    }

    /// <summary>From the image that has it.</summary>
    private Task<int> TakeMainAsync(string list, long record, DateTimeOffset now, CancellationToken cancellationToken) =>
        db.Set<CatalogImage>().Where(image => image.List == list && image.RecordId == record && image.IsMain).ExecuteUpdateAsync(
            set => set.SetProperty(image => image.IsMain, false).SetProperty(image => image.Version, image => image.Version + 1).SetProperty(image => image.UpdatedAt, now), cancellationToken);

    private async Task FinishAsync(CatalogList list, long record, DateTimeOffset now, SessionTransaction transaction, CancellationToken cancellationToken)
    {
        await db.SaveChangesAsync(cancellationToken);
        await using (var command = new NpgsqlCommand($"update {list.Table} set images = catalog.images_of($1, id), updated_at = $3 where id = $2", session.Connection))
        {
            command.Parameters.Add(new() { Value = list.Name });
            command.Parameters.Add(new() { Value = record });
            command.Parameters.Add(new() { Value = now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }
}
