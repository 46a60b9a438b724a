using System.Globalization;
using CsvHelper;
using Microsoft.AspNetCore.Http;

namespace Maydon.Events.Facilitation;

/// <summary>The people of an event as a file for a spreadsheet, sent while it is read.</summary>
internal sealed class ParticipantCsv(long eventId, IAsyncEnumerable<Participant> participants) : IResult
{
    private static readonly CsvWriterOptions s_options = new()
    {
        // A name must not be run as a formula by the spreadsheet that opens the file.
        Injection = CsvInjection.Escape,
        // How spreadsheets know UTF-8.
        WriteByteOrderMark = true,
    };

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var aborted = httpContext.RequestAborted;
        response.ContentType = "text/csv; charset=utf-8";
        response.Headers.ContentDisposition = $"attachment; filename=\"event-{eventId.ToString(CultureInfo.InvariantCulture)}-registrations.csv\"";
        response.Headers.CacheControl = "no-store";
        await using var csv = CsvWriter.Create(response.Body, s_options, leaveOpen: true);
        await csv.WriteRecordAsync(["id", "full_name", "email", "status", "registered_at", "cancelled_at", "attended_at"], aborted);
        await foreach (var person in participants.WithCancellation(aborted))
        {
            csv.WriteField(person.Id);
            csv.WriteField(person.FullName);
            csv.WriteField(person.Email);
            csv.WriteField(person.Status);
            csv.WriteField(Written(person.RegisteredAt));
            csv.WriteField(Written(person.CancelledAt));
            csv.WriteField(Written(person.AttendedAt));
            await csv.EndRecordAsync(aborted);
        }
    }

    private static string Written(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) ?? "";
}
