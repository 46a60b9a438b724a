using Maydon.Catalog.Images.Files;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Jobs;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Catalog.Images.Variants;

/// <summary>
/// Works off the files that have no variants yet, one after the other. Whoever takes one puts it off first, so that one that kills the server is tried
/// again only later, on whichever node, and only so often.
/// </summary>
internal sealed class MakeVariants(NpgsqlDataSource database, ImageFiles files, Vipsthumbnail thumbnails, TimeProvider clock, ILogger<MakeVariants> logger) : IScheduledJob
{
    private const int MostAttempts = 5;

    // Longer than four runs of the program can take.
    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(3);

    private sealed record Due(long Id, string Path, int Attempt);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (thumbnails.IsThere && await TakeAsync(cancellationToken) is { } due)
        {
            var error = await MakeAsync(due, cancellationToken);
            if (error is not null)
                logger.LogWarning("No variants of {File} at attempt {Attempt}: {Error}", due.Path, due.Attempt, error);
            if (!await FinishAsync(due, error, cancellationToken))
                files.Remove(due.Path); // its last image was deleted meanwhile
        }
    }

    private async Task<Due?> TakeAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            update catalog.files f set attempts = f.attempts + 1, due_at = $2, error = 'The server ended while it was at work.'
            where f.id = (select id from catalog.files where variants = 'due' and due_at <= $1 order by due_at, id for update skip locked limit 1)
            returning f.id, f.path, f.attempts
            """);
        command.Parameters.Add(Time(clock.Now()));
        command.Parameters.Add(Time(clock.Now() + s_lease));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new Due(reader.GetInt64(0), reader.GetString(1), reader.GetInt32(2)) : null;
    }

    /// <summary>Null when all are there, else why not.</summary>
    private async Task<string?> MakeAsync(Due due, CancellationToken cancellationToken)
    {
        // One that killed the server at its last attempt gets no other.
        if (due.Attempt > MostAttempts)
            return "The server ended each time while it was at work.";
        var original = files.FileOf(due.Path);
        if (!File.Exists(original))
            return "The file is not there.";
        var (directory, name) = (Path.GetDirectoryName(original)!, Path.GetFileName(original));
        foreach (var size in ImageFiles.Sizes)
        {
            // Two dots: nothing is served under such a name.
            var target = ImageFiles.VariantOf(name, size);
            var unfinished = $"{Path.GetFileNameWithoutExtension(target)}{ImageFiles.Unfinished}{Path.GetExtension(target)}";
            if (await thumbnails.MakeAsync(directory, name, unfinished, size, cancellationToken) is { } error)
                return error;
            var written = Path.Combine(directory, unfinished);
            await using (var file = File.OpenWrite(written))
                file.Flush(flushToDisk: true);
            File.Move(written, Path.Combine(directory, target), overwrite: true);
        }

        return null;
    }

    /// <summary>False when the file is no longer there to have any.</summary>
    private async Task<bool> FinishAsync(Due due, string? error, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            update catalog.files set error = $2, due_at = $3, variants = case when $2 is null then 'made' when attempts >= $4 then 'dead' else 'due' end where id = $1
            """);
        command.Parameters.Add(new() { Value = due.Id });
        command.Parameters.Add(new() { Value = (object?)error ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(Time(clock.Now() + TimeSpan.FromMinutes(Math.Pow(2, due.Attempt))));
        command.Parameters.Add(new() { Value = MostAttempts });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private static NpgsqlParameter Time(DateTimeOffset at) => new() { Value = at.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
