using System.Globalization;
using Maydon.Kernel.Operations;
using Maydon.Kernel.Settings;

namespace Maydon.Running;

/// <summary>
/// The data directory, held by at most one process: a lock that the kernel lets go of when the holder dies, however it dies,
/// and beside it a note of who holds it (.NET locks a file against readers too).
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    private const string NoteName = "holder";

    private readonly FileStream _lock;
    private readonly string _note;

    private DataDirectory(FileStream @lock, string note) => (_lock, _note) = (@lock, note);

    /// <summary>Makes the directory when missing and takes it; null when another process has it.</summary>
    public static DataDirectory? TryHold(string directory, string command)
    {
        try
        {
            DataDirectoryMaker.Make(directory);
            var file = Open(Path.Combine(directory, "lock"));
            if (file is null)
                return null;
            var note = Path.Combine(directory, NoteName);
            File.WriteAllText(note, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId} {command}\n"));
            return new DataDirectory(file, note);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"The data directory {directory} cannot be used ({e.Message.TrimEnd('.')}): make it writable for {Environment.UserName}, or set DATA_DIR to another.", e);
        }
    }

    /// <summary>Who holds a directory that could not be had.</summary>
    public static Holder ReadHolder(string directory)
    {
        var note = Path.Combine(directory, NoteName);
        // Between its taking the lock and writing the note a holder has no name yet.
        return File.Exists(note) && File.ReadAllText(note).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries) is [var process, var command]
            ? new Holder(process, command)
            : new Holder("unknown", "");
    }

    public void Dispose()
    {
        File.Delete(_note);
        _lock.Dispose();
    }

    // FileShare.None is flock(LOCK_EX | LOCK_NB); the file is closed in the programs we start.
    private static FileStream? Open(string path)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
            });
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            return null;
        }
    }
}

internal sealed record Holder(string Process, string Command)
{
    public bool IsServer => Command == "serve";

    public override string ToString() => Command.Length == 0 ? "another process that is just starting" : $"maydon {Command} (process {Process})";
}
