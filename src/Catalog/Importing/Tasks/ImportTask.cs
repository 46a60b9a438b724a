using Npgsql;

namespace Maydon.Catalog.Importing.Tasks;

/// <summary>What an import is doing.</summary>
internal static class ImportStatus
{
    public const string Pending = "pending";
    public const string Running = "running";

    /// <summary>It would deactivate more than <see cref="Brake"/> lets pass, and has not begun.</summary>
    public const string NeedsConfirmation = "needs_confirmation";
    public const string Completed = "completed";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";
}

/// <summary>How much of a list a file may hide without being asked again.</summary>
internal static class Brake
{
    private const int Percent = 20;

    public static bool Stops(int deactivations, long active) => deactivations * 100L > active * Percent;
}

/// <summary>An import as its worker needs it.</summary>
internal sealed record ImportTask(long Id, string TaskId, string List, string FileName, long StartedBy, bool MayAdd, bool IsConfirmed, int LastRow, bool IsCounted)
{
    private const string Columns = "id, task_id, list, file_name, started_by, may_add, confirmed_by is not null, last_row, total is not null";

    /// <summary>Those that there is something to do for, what failed most last.</summary>
    public static async Task<IReadOnlyList<ImportTask>> ReadDueAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"select {Columns} from catalog.imports where completed_at is null and status in ('{ImportStatus.Pending}', '{ImportStatus.Running}') order by attempts, id");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var due = new List<ImportTask>();
        while (await reader.ReadAsync(cancellationToken))
            due.Add(Read(reader));
        return due;
    }

    /// <summary>As it is now; null when there is nothing more to do for it.</summary>
    public static async Task<ImportTask?> BeginAttemptAsync(NpgsqlDataSource database, long id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"update catalog.imports set attempts = attempts + 1 where id = $1 and status in ('{ImportStatus.Pending}', '{ImportStatus.Running}') returning {Columns}, attempts");
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) with { Attempts = reader.GetInt32(9) } : null;
    }

    /// <summary>It came back, and is no reason to give up.</summary>
    public static async Task TakeAttemptBackAsync(NpgsqlDataSource database, long id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("update catalog.imports set attempts = attempts - 1 where id = $1 and attempts > 0");
        command.Parameters.Add(new() { Value = id });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Since it last came on.</summary>
    public int Attempts { get; private init; }

    private static ImportTask Read(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4), reader.GetBoolean(5), reader.GetBoolean(6), reader.GetInt32(7), reader.GetBoolean(8));
}
