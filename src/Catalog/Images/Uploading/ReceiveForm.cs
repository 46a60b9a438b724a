using System.Text;
using Maydon.Catalog.Images.Files;
using Maydon.Catalog.Images.Formats;
using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Forms;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Catalog.Images.Uploading;

/// <summary>
/// Reads a form as it arrives: files go to the disk, so that whoever sends slowly holds no memory; then each is looked at, two at a time. All of that is
/// before anything is locked that others need: nobody waits for somebody's line.
/// </summary>
internal sealed class ReceiveForm(ImageFiles files) : IDisposable
{
    private const int BufferSize = 64 << 10;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // Whoever looks has a whole file in memory and unfolds it.
    private readonly SemaphoreSlim _looking = new(2);

    /// <summary>What was sent, or why it is refused.</summary>
    /// <param name="fileField">What files are called; others are passed over.</param>
    /// <param name="mostFiles">More are refused.</param>
    public async Task<(ReceivedForm? Form, Problem? Refusal)> ReadAsync(HttpRequest request, string fileField, int mostFiles, CancellationToken cancellationToken)
    {
        if (request.HttpContext.Features.Get<ReceivedForm>() is { } received)
            return (received, null);
        if (!IncomingForm.IsIn(request))
            return (null, Problem.Of(StatusCodes.Status415UnsupportedMediaType, "form_expected"));
        var form = new ReceivedForm();
        var isWhole = false;
        try
        {
            var refusal = await FillAsync(form, IncomingForm.Open(request, UploadLimits.Fields + UploadLimits.FilesAtOnce), fileField, mostFiles, cancellationToken);
            isWhole = refusal is null;
            return isWhole ? (form, null) : (null, refusal);
        }
        finally
        {
            if (!isWhole)
                form.Dispose();
        }
    }

    /// <summary>The same before the transaction of a request that has a key; <see cref="ReadAsync"/> then has it at once.</summary>
    public static Func<HttpContext, Task<IResult?>> Beforehand(string fileField, int mostFiles) => async context =>
    {
        if (!IncomingForm.IsIn(context.Request))
            return null;
        var (form, refusal) = await context.RequestServices.GetRequiredService<ReceiveForm>().ReadAsync(context.Request, fileField, mostFiles, context.RequestAborted);
        if (form is null)
            return refusal;
        context.Response.RegisterForDispose(form);
        context.Features.Set(form);
        return null;
    };

    public void Dispose() => _looking.Dispose();

    private async Task<Problem?> FillAsync(ReceivedForm form, IncomingForm incoming, string fileField, int mostFiles, CancellationToken cancellationToken)
    {
        while (await incoming.ReadPartAsync(cancellationToken) is { } part)
        {
            var refusal = part.FileName is null ? await TakeTextAsync(form, part.Body, part.Name, cancellationToken)
                : part.Name == fileField ? await TakeFileAsync(form, part.Body, fileField, mostFiles, cancellationToken)
                : null;
            if (refusal is not null)
                return refusal;
        }

        return null;
    }

    private async Task<Problem?> TakeFileAsync(ReceivedForm form, Stream body, string field, int mostFiles, CancellationToken cancellationToken)
    {
        await using var incoming = files.OpenIncoming();
        var buffer = new byte[BufferSize];
        int read;
        while ((read = await IncomingForm.ReadAsync(body, buffer, cancellationToken)) > 0)
        {
            if (incoming.Position + read > UploadLimits.FileBytes)
                return Problem.Of(StatusCodes.Status413PayloadTooLarge, "payload_too_large");
            await incoming.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        // What a browser sends for a field in which nothing was chosen.
        if (incoming.Position == 0)
            return null;
        if (form.Images.Count == mostFiles)
            return Problem.Invalid(field, "too_many_files", mostFiles);
        await _looking.WaitAsync(cancellationToken);
        try
        {
            var content = new byte[incoming.Position];
            incoming.Position = 0;
            await incoming.ReadExactlyAsync(content, cancellationToken);
            var verdict = ImageFormat.Read(content);
            if (verdict.Image is not { } image)
                return Problem.Of(StatusCodes.Status400BadRequest, verdict.Refusal!).With("field", field).With("index", form.Images.Count);
            form.Images.Add(ReceivedImage.Of(image, await files.WriteAsync(image, cancellationToken)));
            return null;
        }
        finally
        {
            _looking.Release();
        }
    }

    private static async Task<Problem?> TakeTextAsync(ReceivedForm form, Stream body, string name, CancellationToken cancellationToken)
    {
        var (buffer, length, read) = (new byte[UploadLimits.FieldBytes + 1], 0, 0);
        while (length < buffer.Length && (read = await IncomingForm.ReadAsync(body, buffer.AsMemory(length), cancellationToken)) > 0)
            length += read;
        if (length > UploadLimits.FieldBytes)
            return Problem.Invalid(name, "max_length", UploadLimits.FieldBytes);
        try
        {
            form.Fields[name] = s_strict.GetString(buffer, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return Problem.Invalid(name, "invalid_characters");
        }

        return form.Fields[name].Contains('\0', StringComparison.Ordinal) ? Problem.Invalid(name, "invalid_characters") : null;
    }
}
