using Maydon.Catalog.Images.Formats;
using Maydon.Kernel.Http.Media;
using Maydon.Kernel.Settings;

namespace Maydon.Catalog.Images.Files;

/// <summary>Where the files of images lie: below <c>DATA_DIR/media/catalog</c>, their variants beside them.</summary>
internal sealed class ImageFiles(MaydonSettings settings)
{
    public const string Folder = "catalog";

    /// <summary>An ending that nothing is served under.</summary>
    public const string Unfinished = ".part";

    /// <summary>The squares that variants fit into, in pixels.</summary>
    public static readonly int[] Sizes = [150, 300, 600, 1200];

    public string Root { get; } = Path.Combine(MediaFiles.Directory(settings), Folder);

    private string Incoming => Path.Combine(Root, "incoming");

    public string FileOf(string path) => Path.Combine(MediaFiles.Directory(settings), path);

    public static string VariantOf(string path, int size) => $"{path[..path.LastIndexOf('.')]}-{size}{path[path.LastIndexOf('.')..]}";

    /// <summary>For what somebody sends, until it is known what it is: gone when it is closed.</summary>
    public FileStream OpenIncoming()
    {
        Directory.CreateDirectory(Incoming);
        return new FileStream(NewName(), new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        });
    }

    /// <summary>On the disk, and not yet under a name of its own.</summary>
    public async Task<string> WriteAsync(SoundImage image, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Incoming);
        var name = NewName();
        await using var file = new FileStream(name, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous, PreallocationSize = image.Bytes });
        foreach (var piece in image.Pieces)
            await file.WriteAsync(piece, cancellationToken);
        file.Flush(flushToDisk: true);
        return name;
    }

    /// <summary>At once, whole or not at all.</summary>
    public void Place(string written, string path)
    {
        var file = FileOf(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.Move(written, file, overwrite: true);
    }

    /// <summary>With its variants.</summary>
    public void Remove(string path)
    {
        foreach (var one in Sizes.Select(size => VariantOf(path, size)).Prepend(path).Select(FileOf))
        {
            // A directory that never was has nothing to be removed from it.
            if (File.Exists(one))
                File.Delete(one);
        }
    }

    private string NewName() => Path.Combine(Incoming, Path.GetRandomFileName().Replace(".", "", StringComparison.Ordinal) + Unfinished);
}
