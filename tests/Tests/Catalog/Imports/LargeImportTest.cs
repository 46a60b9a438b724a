using System.IO.Compression;
using System.Text.Json.Nodes;
using Maydon.Catalog.Importing.Files;
using Maydon.Catalog.Importing.Rows;
using Maydon.Catalog.Records;
using Maydon.Kernel.Localization;
using Maydon.Tests.Events;
using Maydon.Tests.Support;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Maydon.Tests.Catalog.Imports;

/// <summary>What is small on its way and large when it has come: each limit from below and from above, lowered so that a test reaches it.</summary>
public sealed class LargeImportTest(TestPostgres postgres) : IAsyncLifetime
{
    private const int Megabyte = 1 << 20;
    private static readonly SheetLimits s_limits = new() { SheetBytes = 2 * Megabyte, PartBytes = 3 * Megabyte, Entries = 20, SharedBytes = Megabyte, SharedTexts = 2_000, Characters = 500_000 };
    private readonly TestServer _server = new(postgres);

    public async ValueTask InitializeAsync() =>
        await _server.StartAsync(customise: builder => builder.Services.Replace(ServiceDescriptor.Singleton(s_limits)));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_workbook_is_read_up_to_its_limits_and_no_further()
    {
        using var keeper = _server.SignIn(await _server.CreatePersonAsync(email: null, "en", "staff", "superuser"));
        foreach (var (what, at) in new (string, Func<bool, HttpContent>)[]
        {
            ("sheet", over => Sheet($"<cols>{Padding((2 * Megabyte) + Around(over))}</cols>")),
            ("part", over => ImportScene.Workbook(Rows(), styles: Padding((3 * Megabyte) + Around(over)))),
            ("entries", over => WithEntries(over ? 18 : 17)),
            ("shared bytes", over => ImportScene.Workbook(Rows(), sharedStrings: Shared(over ? 12 : 11, 90_000))),
            ("shared texts", over => ImportScene.Workbook(Rows(), sharedStrings: Shared(over ? 2_001 : 2_000, 1))),
            // One text of 90,000 characters, sent once, in a column that nobody knows.
            ("characters", over => ImportScene.Workbook(Rows(string.Concat(Enumerable.Range(0, over ? 6 : 5).Select(_ => "<row><c r=\"Z1\" t=\"s\"><v>0</v></c></row>"))), Shared(1, 90_000))),
            ("a tag", over => Sheet($"<cols a=\"{new string('x', over ? 400_001 : 399_000)}\"/>")),
            ("names", over => Sheet($"<cols>{string.Concat(Enumerable.Range(0, over ? 10_001 : 9_900).Select(n => $"<n{n}/>"))}</cols>")),
        })
        {
            using var within = await keeper.PostAsync("/api/v1/project/import/?dry_run=true", at(false));
            Assert.True((int)within.StatusCode == 200, $"{what}: {await within.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
            using var beyond = await keeper.PostAsync("/api/v1/project/import/?dry_run=true", at(true));
            var told = (string?)(await beyond.ReadAsync())["detail"];
            Assert.True((400, $"file: {Messages.Text(Messages.CultureOf("en"), "import_too_large")}") == ((int)beyond.StatusCode, told), $"{what}: {(int)beyond.StatusCode} {told}");
        }
    }

    [Fact]
    public async Task Of_a_bad_row_so_much_is_kept_and_the_rest_is_not_lost_unseen()
    {
        using var keeper = _server.SignIn(await _server.CreatePersonAsync(email: null, "en", "staff", "superuser"));
        await keeper.AddRecordAsync("nomenklatura", "K-3", "Kept", new JsonObject { ["description"] = "<p>long ago</p>" });
        var text = $"<p>{new string('x', 20_000)}</p>";
        // The second has one cell too many, and the third a project that is not known before it is compared with the list.
        var task = await _server.ImportAsync(keeper, "nomenklatura", $"code_1c,name,description,project\nK-1,,{text},\nK-2,Good,,,{text}\nK-3,Good,{text},nowhere\nK-4,,{new string('x', 9_990)},\n");
        Assert.Equal((0, 0, 0, 4), task.Counts());
        Assert.True(await _server.ScalarAsync<long>("select sum(length(cells::text)) from catalog.import_refusals where row_number < 5") < 100);
        var errors = await keeper.ErrorsAsync(task);
        const string cut = "Only the first cells of this row are kept here, up to 10000 characters: mend it in your own file.";
        Assert.Equal($"\"2\";\"name: This field is required.; {cut}\";\"K-1\";\"\"", errors[0]);
        Assert.Equal($"\"3\";\"The row has 5 cells, the headings are 4.; {cut}\";\"K-2\";\"Good\";\"\"", errors[1]);
        Assert.EndsWith($"{cut}\";\"K-3\";\"Good\"", errors[2], StringComparison.Ordinal);
        Assert.DoesNotContain(cut, errors[3], StringComparison.Ordinal);

        // As it came, it is refused again, and takes no description away.
        var second = await _server.ImportAsync(keeper, "nomenklatura", await keeper.GetStringAsync($"/api/v1/tasks/{task["task_id"]}/errors.csv"));
        Assert.Equal((0, 0, 0, 4), second.Counts());
        Assert.Equal("<p>long ago</p>", (string)(await keeper.ReadRecordAsync(RecordScene.At("nomenklatura", "K-3")))["description"]!);
    }

    [Fact]
    public async Task Nobody_reads_on_for_somebody_who_has_gone()
    {
        var path = Path.Combine(_server.DataDir, "left.csv");
        await File.WriteAllTextAsync(path, "code_1c,name\n,\n,x\n", TestContext.Current.CancellationToken);
        using var reader = RowReader.Open(path, _server.App.Services.GetServices<CatalogList>().First(list => list.Name == "project"), s_limits);
        Assert.Throws<OperationCanceledException>(() => reader.Read(after: 0, new CancellationToken(canceled: true)));
    }

    private static int Around(bool over) => over ? 20_000 : -20_000;

    private static string Padding(int length) => string.Concat(Enumerable.Repeat($"<x a=\"{new string('y', 990)}\"/>", length / 998));

    private static string Shared(int count, int length) => string.Concat(Enumerable.Repeat($"<si><t>{new string('s', length)}</t></si>", count));

    private static string Rows(string more = "") => $"<row r=\"1\">{ImportScene.Text("A1", "code_1c")}{ImportScene.Text("B1", "name")}</row>{more}";

    private static ByteArrayContent Sheet(string before) => ImportScene.Workbook("", sheet: $"<worksheet>{before}<sheetData>{Rows()}</sheetData></worksheet>");

    private static ByteArrayContent WithEntries(int more)
    {
        using var file = new MemoryStream();
        ImportScene.Workbook(Rows()).CopyTo(file, context: null, CancellationToken.None);
        using (var archive = new ZipArchive(file, ZipArchiveMode.Update, leaveOpen: true))
        {
            for (var n = 0; n < more; n++)
                archive.CreateEntry($"xl/media/{n}.png");
        }

        return ImportScene.File(file.ToArray());
    }
}
