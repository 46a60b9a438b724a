using System.Security.Cryptography;
using System.Text;
using Maydon.Catalog.Importing.Files;
using Maydon.Catalog.Importing.Rows;
using Maydon.Catalog.Records;
using Maydon.Kernel.Caching;
using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Forms;
using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Maydon.Catalog.Importing.Tasks;

/// <summary>
/// Uploaded files below <c>DATA_DIR/imports</c>, each under the id of its task until that ends. A node imports what lies on its own disk: where nodes do not share
/// <c>DATA_DIR</c>, a file waits for the node that took it.
/// </summary>
internal sealed class ImportFiles(MaydonSettings settings, SheetLimits limits) : IDisposable
{
    public const long MaxBytes = 64 << 20;
    private const string DryRun = "dry_run";
    private const int MostParts = 20;
    private static readonly TimeSpan s_later = TimeSpan.FromMinutes(1);

    private string Directory { get; } = Path.Combine(settings.DataDir, "imports");

    /// <summary>Where those wait whose files are read while they wait.</summary>
    public SearchQueue Readers { get; } = new();

    public RowReader Open(string taskId, CatalogList list) => RowReader.Open(PathOf(taskId), list, limits);

    public bool Has(string taskId) => File.Exists(PathOf(taskId));

    public void Delete(string taskId)
    {
        // It may lie on another node, and a directory that never was has nothing to be deleted from it.
        if (Has(taskId))
            File.Delete(PathOf(taskId));
    }

    /// <summary>Files that were written last before <paramref name="time"/>: their tasks' ids.</summary>
    public IReadOnlyList<string> Find(DateTimeOffset time) => System.IO.Directory.Exists(Directory)
        ? [.. new DirectoryInfo(Directory).EnumerateFiles().Where(file => file.LastWriteTimeUtc < time.UtcDateTime).Select(file => file.Name)]
        : [];

    public void Dispose() => Readers.Dispose();

    /// <summary>The body itself, or the first file of a form, as it comes in, unless it is there already.</summary>
    public async Task<(UploadedFile? File, Problem? Refusal)> ReceiveAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.HttpContext.Features.Get<UploadedFile>() is { } received)
            return (received, null);
        var form = IncomingForm.IsIn(request) ? IncomingForm.Open(request, MostParts) : null;
        var (content, name, isDryRun) = (request.Body, NameIn(request.Headers.ContentDisposition), AskedIn(request.Query[DryRun]));
        if (form is not null)
            (content, name, isDryRun) = await FindFileAsync(form, isDryRun, cancellationToken);
        if (content is null)
            return (null, Problem.Invalid("file", "required"));
        var upload = new UploadedFile(this, RandomNumberGenerator.GetHexString(32, lowercase: true), CleanName(name));
        var isWhole = false;
        try
        {
            DataDirectoryMaker.Make(settings.DataDir);
            System.IO.Directory.CreateDirectory(Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var length = await CopyAsync(content, PathOf(upload.TaskId), cancellationToken);
            // A field may come behind the file, and behind others that are passed over.
            while (form is not null && content is not null && length <= MaxBytes)
                (content, _, isDryRun) = await FindFileAsync(form, isDryRun, cancellationToken);
            if (isDryRun is null)
                return (null, Problem.Invalid(DryRun, "invalid"));
            upload.IsDryRun = isDryRun.Value;
            isWhole = length is > 0 and <= MaxBytes;
            return isWhole ? (upload, null) : (null, length == 0 ? Problem.Invalid("file", "required") : Problem.Of(StatusCodes.Status413PayloadTooLarge, "payload_too_large"));
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException and not BadHttpRequestException)
        {
            // What is wrong with the sender's bytes is told by now: this is the disk, full or worse.
            throw new ServiceAwayException(Problem.Unavailable("import_not_stored", s_later), e);
        }
        finally
        {
            if (!isWhole)
                upload.Dispose();
        }
    }

    private string PathOf(string taskId) => Path.Combine(Directory, taskId);

    /// <summary>Up to the next file, or the end.</summary>
    /// <param name="isDryRun">What was said before: once it is yes, or cannot be read, that stands.</param>
    private static async Task<(Stream? Content, string? Name, bool? IsDryRun)> FindFileAsync(IncomingForm form, bool? isDryRun, CancellationToken cancellationToken)
    {
        while (await form.ReadPartAsync(cancellationToken) is { } part)
        {
            if (part.FileName is { Length: > 0 } name)
                return (part.Body, name, isDryRun);
            if (part.Name != DryRun || isDryRun is not false)
                continue;
            var (buffer, length, read) = (new byte[16], 0, 0);
            while (length < buffer.Length && (read = await IncomingForm.ReadAsync(part.Body, buffer.AsMemory(length), cancellationToken)) > 0)
                length += read;
            isDryRun = length < buffer.Length ? IncomingForm.ReadFlag(Encoding.Latin1.GetString(buffer, 0, length)) : null;
        }

        return (null, null, isDryRun);
    }

    private static bool? AskedIn(string? query) => string.IsNullOrEmpty(query) ? false : bool.TryParse(query, out var isAsked) ? isAsked : null;

    /// <summary>Its length; more than is allowed when it is too long.</summary>
    private static async Task<long> CopyAsync(Stream content, string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        var (buffer, length, read) = (new byte[64 * 1024], 0L, 0);
        while (length <= MaxBytes && (read = await IncomingForm.ReadAsync(content, buffer, cancellationToken)) > 0)
        {
            length += read;
            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        // It is read by whoever resumes after the machine has failed.
        file.Flush(flushToDisk: true);
        return length;
    }

    private static string? NameIn(string? disposition) =>
        ContentDispositionHeaderValue.TryParse(disposition, out var parsed) && (parsed.FileNameStar.Value ?? HeaderUtilities.RemoveQuotes(parsed.FileName).Value) is { Length: > 0 } name ? name : null;

    private static string CleanName(string? name)
    {
        const int longest = 200;
        var last = (name ?? "").Split('/', '\\')[^1].Replace('\0', ' ').Trim();
        if (FieldRules.IsBlank(last) || FieldRules.LeavesItsLine(last))
            return "import";
        // A character of two halves is not cut through: nobody could store that.
        return last.Length <= longest ? last : last[..(char.IsHighSurrogate(last[longest - 1]) ? longest - 1 : longest)];
    }
}

/// <summary>Gone with its disposal unless a task has taken it.</summary>
internal sealed class UploadedFile(ImportFiles files, string taskId, string name) : IDisposable
{
    private bool _isKept;

    public string TaskId => taskId;

    public string Name => name;

    /// <summary>Its first row, once it was looked at.</summary>
    public IReadOnlyList<string>? Headings { get; set; }

    /// <summary>Whoever sent it wants to know what it would come to, no more.</summary>
    public bool IsDryRun { get; set; }

    public void Keep() => _isKept = true;

    public void Dispose()
    {
        if (!_isKept)
            files.Delete(taskId);
    }
}
