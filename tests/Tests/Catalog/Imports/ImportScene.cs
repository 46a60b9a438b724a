using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Maydon.Catalog.Importing.Tasks;
using Maydon.Tests.Events;
using Maydon.Tests.Support;

namespace Maydon.Tests.Catalog.Imports;

/// <summary>Files on their way into a list and out of it.</summary>
internal static class ImportScene
{
    public static ByteArrayContent Csv(string text) => File(Encoding.UTF8.GetBytes(text), "text/csv");

    public static ByteArrayContent File(byte[] bytes, string type = "application/octet-stream") => new(bytes) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };

    /// <summary>202; the task's id.</summary>
    public static async Task<string> StartImportAsync(this HttpClient keeper, string list, HttpContent file)
    {
        using var answer = await keeper.PostAsync($"/api/v1/{list}/import/", file);
        var body = await answer.ReadAsync();
        Assert.True((int)answer.StatusCode == 202, body.ToJsonString());
        var id = (string)body["task_id"]!;
        Assert.Equal($"/api/v1/tasks/{id}/", answer.Headers.Location!.ToString());
        return id;
    }

    /// <summary>Started, and run to wherever it comes.</summary>
    public static async Task<JsonNode> ImportAsync(this TestServer server, HttpClient keeper, string list, HttpContent file)
    {
        var id = await keeper.StartImportAsync(list, file);
        await server.RunJobAsync<RunImports>();
        return await keeper.TaskAsync(id);
    }

    public static Task<JsonNode> ImportAsync(this TestServer server, HttpClient keeper, string list, string csv) => server.ImportAsync(keeper, list, Csv(csv));

    public static Task<JsonNode> TaskAsync(this HttpClient keeper, string id) => keeper.GetJsonAsync($"/api/v1/tasks/{id}/");

    public static async Task<JsonNode> PreviewAsync(this HttpClient keeper, string list, string csv)
    {
        using var answer = await keeper.PostAsync($"/api/v1/{list}/import/?dry_run=true", Csv(csv));
        var body = await answer.ReadAsync();
        Assert.True((int)answer.StatusCode == 200, body.ToJsonString());
        return body;
    }

    /// <summary>created, updated, unchanged, errors.</summary>
    public static (int Created, int Updated, int Unchanged, int Errors) Counts(this JsonNode task) =>
        ((int)task["created"]!, (int)task["updated"]!, (int)task["unchanged"]!, (int)task["errors"]!);

    /// <summary>The rows of errors.csv without its first, as they stand.</summary>
    public static async Task<string[]> ErrorsAsync(this HttpClient keeper, JsonNode task) =>
        (await keeper.GetStringAsync($"/api/v1/tasks/{task["task_id"]}/errors.csv")).TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries)[1..];

    public static Task<long> ChangesAsync(this TestServer server) => server.ScalarAsync<long>("select count(*) from catalog.changes");

    /// <summary>A workbook of these parts, with the few that every workbook has.</summary>
    public static ByteArrayContent Workbook(string sheetData, string? sharedStrings = null, string? styles = null, string? sheet = null)
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add("xl/workbook.xml", """<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="A" sheetId="1" r:id="rId7"/><sheet name="B" sheetId="2" r:id="rId8"/></sheets></workbook>""");
            Add("xl/_rels/workbook.xml.rels", """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId8" Target="worksheets/other.xml"/><Relationship Id="rId7" Target="/xl/worksheets/first.xml"/></Relationships>""");
            Add("xl/worksheets/first.xml", sheet ?? $"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{sheetData}</sheetData></worksheet>""");
            if (sharedStrings is not null)
                Add("xl/sharedStrings.xml", $"""<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{sharedStrings}</sst>""");
            if (styles is not null)
                Add("xl/styles.xml", $"""<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{styles}</styleSheet>""");

            void Add(string path, string xml)
            {
                using var part = new StreamWriter(archive.CreateEntry(path, CompressionLevel.Fastest).Open());
                part.Write(xml);
            }
        }

        return File(file.ToArray());
    }

    public static string Text(string cell, string text) => $"<c r=\"{cell}\" t=\"inlineStr\"><is><t>{text}</t></is></c>";
}
