using Maydon.Catalog.Images.Files;
using Maydon.Catalog.Images.Uploading;
using Maydon.Kernel.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Catalog.Images.Writing;

/// <summary>
/// One file for one content, as long as any image shows it. Called in the catalogue's turn, so that whoever stores a content and whoever deletes its last
/// use come one after the other; a content that comes back has another name, which no late removal meets.
/// </summary>
internal sealed class StoreFiles(CatalogDbContext db, DbSession session, ImageFiles files, TimeProvider clock)
{
    /// <summary>The row is saved, and the file in its place before anybody can commit.</summary>
    public async Task<StoredFile> StoreAsync(ReceivedImage image, CancellationToken cancellationToken)
    {
        var hash = image.Sha256;
        var file = await db.Set<StoredFile>().SingleOrDefaultAsync(file => file.Sha256 == hash, cancellationToken);
        if (file is null)
        {
            file = StoredFile.Of(image, clock.Now());
            db.Add(file);
        }

        file.TryAgain(clock.Now());
        await db.SaveChangesAsync(cancellationToken);
        // Unless it is there. One that somebody has lost is mended.
        if (!File.Exists(files.FileOf(file.Path)))
            files.Place(image.File, file.Path);
        return file;
    }

    /// <summary>After its image was deleted, or shows another.</summary>
    public async Task ReleaseAsync(long id, CancellationToken cancellationToken)
    {
        var file = await db.Set<StoredFile>().SingleAsync(file => file.Id == id, cancellationToken);
        if (await db.Set<CatalogImage>().AnyAsync(image => image.FileId == id, cancellationToken))
            return;
        db.Remove(file);
        await db.SaveChangesAsync(cancellationToken);
        session.AfterCommit(() => files.Remove(file.Path));
    }
}
