using Maydon.Kernel.Persistence;
using Maydon.Kernel.Jobs;
using Npgsql;

namespace Maydon.Catalog.Images.Files;

/// <summary>
/// Files that no row knows: of a server that was killed between writing a file and committing its row, or between committing a deletion and removing
/// the file. Only after an hour, by when nobody is still writing.
/// </summary>
internal sealed class RemoveStrayFiles(ImageFiles files, NpgsqlDataSource database, TimeProvider clock, ILogger<RemoveStrayFiles> logger) : IScheduledJob
{
    private const int Portion = 1_000;
    private static readonly TimeSpan s_grace = TimeSpan.FromHours(1);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(files.Root))
            return;
        var before = (clock.Now() - s_grace).UtcDateTime;
        foreach (var portion in new DirectoryInfo(files.Root).EnumerateFiles("*", SearchOption.AllDirectories).Where(file => file.LastWriteTimeUtc < before).Chunk(Portion))
        {
            var known = await KnownAsync([.. portion.Select(OriginalOf).Distinct()], cancellationToken);
            foreach (var stray in portion.Where(file => !known.Contains(OriginalOf(file))))
            {
                stray.Delete();
                logger.LogInformation("Removed {File}, which no image shows", Path.GetRelativePath(files.Root, stray.FullName));
            }
        }
    }

    private async Task<HashSet<string>> KnownAsync(string[] paths, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select path from catalog.files where path = any($1)");
        command.Parameters.Add(new() { Value = paths });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var known = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
            known.Add(reader.GetString(0));
        return known;
    }

    /// <summary>Of a variant the file that it was made of; names have no other hyphen.</summary>
    private string OriginalOf(FileInfo file)
    {
        var path = $"{ImageFiles.Folder}/{Path.GetRelativePath(files.Root, file.FullName)}";
        var hyphen = path.LastIndexOf('-');
        return hyphen < 0 ? path : path[..hyphen] + file.Extension;
    }
}
