using System.IO.Compression;
using System.Text.Json.Nodes;
using Maydon.Tests.Events;
using Maydon.Tests.Support;

namespace Maydon.Tests.Catalog.Imports;

/// <summary>Lists as files: what they hold, who gets them, and that they come back as they were.</summary>
public sealed class ExportTest(TestServer server) : IClassFixture<TestServer>
{
    private static readonly string[] s_nasty =
    [
        "=1+1", "'=1+1", "''@x", "-5 gradus", "a;=cmd|' /c calc'!A1", "x, +1", "ta\tb", "\"quoted\"", "'", "o'g'il", "_x000D_", "_x005F_x000D_", "🎪 é", "a\tb;'-'=c", "\uFFFE x", "＝1",
    ];

    [Theory]
    [InlineData("csv")]
    [InlineData("xlsx")]
    public async Task What_was_exported_and_is_imported_changes_nothing(string format)
    {
        using var keeper = await server.SignInKeeperAsync();
        await keeper.AddRecordAsync("project", $"=P {format}");
        foreach (var (n, name) in s_nasty.Index())
        {
            await keeper.AddRecordAsync("nomenklatura", $"{format} {n} {name}", name, new JsonObject
            {
                ["title"] = n % 2 == 0 ? name : null, ["description"] = $"<p>{n}\n=1</p>\n- {System.Net.WebUtility.HtmlEncode(name)}\n", ["is_active"] = n % 3 != 0, ["project"] = n % 4 == 0 ? $"=P {format}" : null,
            });
        }

        // Its own project may be deleted: it keeps it.
        Assert.Equal(204, (int)(await keeper.DeleteAsync(RecordScene.At("project", $"=P {format}"))).StatusCode);
        using var file = await keeper.GetAsync($"/api/v1/nomenklatura/export/?format={format}");
        Assert.Equal(200, (int)file.StatusCode);
        Assert.Equal($"attachment; filename=\"nomenklatura.{format}\"", file.Content.Headers.GetValues("Content-Disposition").Single());
        var bytes = await file.Content.ReadAsByteArrayAsync();
        var (changes, count) = (await server.ChangesAsync(), await server.ScalarAsync<long>("select count(*) from catalog.items"));
        var task = await server.ImportAsync(keeper, "nomenklatura", ImportScene.File(bytes));
        Assert.True(task.Counts() == (0, 0, (int)count, 0), task.ToJsonString() + string.Join('\n', await keeper.ErrorsAsync(task)));
        Assert.Equal(changes, await server.ChangesAsync());
    }

    [Fact]
    public async Task Nothing_in_a_CSV_file_is_a_formula_for_any_spreadsheet()
    {
        using var keeper = await server.SignInKeeperAsync();
        foreach (var (n, name) in s_nasty.Index())
            await keeper.AddRecordAsync("project", $"{n}-{name}", name);
        var text = await keeper.GetStringAsync("/api/v1/project/export/");
        foreach (var separator in new[] { ';', ',', '\t', '|', '\n' })
            Assert.DoesNotContain(text.Split(separator), cell => cell.Trim('\uFEFF', '"', ' ', '\r', '\n', '\t') is { Length: > 0 } shown && "=+@-＝".Contains(shown[0], StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_export_holds_what_the_list_finds_in_its_order()
    {
        using var keeper = await server.SignInKeeperAsync();
        foreach (var name in new[] { "Anor", "Behi", "Anjir" })
            await keeper.AddRecordAsync("client", $"E-{name}", name, new JsonObject { ["email"] = $"{name}@example.org", ["phone"] = "+998 90", ["is_active"] = name != "Behi" });
        Assert.Equal(204, (int)(await keeper.DeleteAsync(RecordScene.At("client", "E-Anjir"))).StatusCode);
        var rows = (await keeper.GetStringAsync("/api/v1/client/export/?search=E-&ordering=-name&page=7")).TrimStart('\uFEFF').Split("\r\n");
        Assert.Equal("\"client_code_1c\";\"name\";\"email\";\"phone\";\"description\";\"is_active\";\"id\";\"version\";\"created_at\";\"updated_at\"", rows[0]);
        Assert.StartsWith("\"E-Behi\";\"Behi\";\"behi@example.org\";\"'+998 90\";\"\";\"false\";", rows[1], StringComparison.Ordinal);
        Assert.StartsWith("\"E-Anor\";", rows[2], StringComparison.Ordinal);
        Assert.Equal((4, ""), (rows.Length, rows[3]));
        Assert.Equal(2, (await keeper.GetStringAsync("/api/v1/client/export/?is_active=false&search=E-")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        await keeper.GetAsync("/api/v1/client/export/?ordering=nothing").RefusedAsync(400, "invalid_ordering");
        foreach (var query in new[] { "format=pdf", "created_from=x" })
            await keeper.GetAsync($"/api/v1/client/export/?{query}").InvalidAsync(query.Split('=')[0]);
    }

    [Theory]
    [InlineData("x", 32_767)]
    [InlineData("Ж", 32_767)]
    [InlineData("🎪", 16_383)]
    public async Task A_text_that_no_cell_of_Excel_holds_goes_into_CSV_alone(string letter, int most)
    {
        using var keeper = server.SignIn(await server.CreatePersonAsync(email: null, "en", "staff", "superuser"));
        var code = $"X {letter}";
        // As far as an import takes it; what the API takes is less.
        await server.ImportAsync(keeper, "project", $"code_1c,name,description\n{code},Long,{string.Concat(Enumerable.Repeat(letter, most))}\n");
        var address = $"/api/v1/project/export/?code_1c={Uri.EscapeDataString(code)}&format=";
        using var workbook = new ZipArchive(new MemoryStream(await keeper.GetByteArrayAsync(address + "xlsx")));
        Assert.Contains(string.Concat(Enumerable.Repeat(letter, most)), await new StreamReader(workbook.GetEntry("xl/worksheets/sheet1.xml")!.Open()).ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        await server.ExecuteAsync("update catalog.projects set description = description || $2 where code = $1", code, letter);
        var problem = await keeper.GetAsync(address + "xlsx").RefusedAsync(400, "validation_error");
        Assert.Equal("A description has more than 32767 characters, which is more than a cell of Excel holds: take CSV.", (string)problem["errors"]!["format"]![0]!);
        Assert.Contains(string.Concat(Enumerable.Repeat(letter, most + 1)), await keeper.GetStringAsync(address + "csv"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_template_is_headings_in_the_readers_language_that_an_import_knows()
    {
        using var keeper = server.SignIn(await server.CreatePersonAsync(email: null, "ru", "staff", "superuser"));
        var text = System.Text.Encoding.UTF8.GetString(await keeper.GetByteArrayAsync("/api/v1/client/template/"));
        Assert.Equal("\uFEFF\"Код клиента 1С\";\"Наименование\";\"Email\";\"Телефон\";\"Описание\";\"Активен\"\r\n", text);
        var task = await server.ImportAsync(keeper, "client", text + "\"T-1\";\"Новый\";\"\";\"\";\"\";\"нет\"\r\n");
        Assert.Equal((1, 0, 0, 0), task.Counts());
        using var workbook = new ZipArchive(new MemoryStream(await keeper.GetByteArrayAsync("/api/v1/nomenklatura/template/?format=xlsx")));
        Assert.Contains("Код проекта", await new StreamReader(workbook.GetEntry("xl/worksheets/sheet1.xml")!.Open()).ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_are_for_whoever_may_view_the_list()
    {
        using var nobody = server.CreateClient();
        using var somebody = await server.SignInAsync("catalog.change_project");
        using var viewer = await server.SignInAsync("catalog.view_project");
        foreach (var file in new[] { "export", "template" })
        {
            await nobody.GetAsync($"/api/v1/project/{file}/").RefusedAsync(401, "not_authenticated");
            await somebody.GetAsync($"/api/v1/project/{file}/").RefusedAsync(403, "permission_denied");
            await viewer.GetAsync($"/api/v1/client/{file}/").RefusedAsync(403, "permission_denied");
            Assert.Equal(200, (int)(await viewer.GetAsync($"/api/v1/project/{file}")).StatusCode);
        }
    }
}
