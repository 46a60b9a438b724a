namespace Maydon.Kernel.Settings;

public static class DataDirectoryMaker
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>
    /// Makes <c>DATA_DIR</c> when missing, closed to others. Root's can be passed through, because PostgreSQL, which does not run
    /// as root, lives below; what is secret inside is closed by itself.
    /// </summary>
    public static void Make(string directory)
    {
        if (Directory.Exists(directory))
            return;
        Directory.CreateDirectory(directory);
        // Not by CreateDirectory, which heeds the umask.
        File.SetUnixFileMode(directory, Environment.IsPrivilegedProcess ? Owner | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute : Owner);
    }
}
