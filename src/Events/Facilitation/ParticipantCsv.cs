using System.Globalization;
using System.Text.RegularExpressions;
using CsvHelper;
using Microsoft.AspNetCore.Http;

namespace Maydon.Events.Facilitation;

/// <summary>The people of an event as a file for a spreadsheet, sent while it is read.</summary>
internal sealed partial class ParticipantCsv(long eventId, IAsyncEnumerable<Participant> participants) : IResult
{
    private static readonly CsvWriterOptions s_options = new()
    {
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
            csv.WriteField(Harmless(person.FullName), CsvQuoting.Always);
            csv.WriteField(Harmless(person.Email ?? ""), CsvQuoting.Always);
            csv.WriteField(person.Status);
            csv.WriteField(Written(person.RegisteredAt));
            csv.WriteField(Written(person.CancelledAt));
            csv.WriteField(Written(person.AttendedAt));
            await csv.EndRecordAsync(aborted);
        }
    }

    /// <summary>
    /// What people typed must not be run as a formula by the spreadsheet that opens the file: an apostrophe makes it text. Where the list
    /// separator is not the comma, as in Russian and Uzbek, a cell can also begin in the middle of what we wrote.
    /// </summary>
    private static string Harmless(string text) => FormulaBeginning().Replace(text, "'");

    [GeneratedRegex("""(?<=^|[;|\t\r\n])(?=[\s\p{C}"]*[=+@＝＋－＠-])""", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FormulaBeginning();

    private static string Written(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) ?? "";
}
