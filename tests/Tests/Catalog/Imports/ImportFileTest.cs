using System.IO.Compression;
using System.Net;
using System.Text;
using Maydon.Kernel.Localization;
using Maydon.Tests.Events;
using Maydon.Tests.Support;

namespace Maydon.Tests.Catalog.Imports;

/// <summary>What files look like that people and programs send, and what they should not.</summary>
public sealed class ImportFileTest(TestServer server, TestPostgres postgres) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("utf-8", ",")]
    [InlineData("utf-8 marked", ";")]
    [InlineData("windows-1251", ";")]
    [InlineData("utf-16", "\t")]
    public async Task Text_is_read_as_programs_write_it(string encoding, string separator)
    {
        using var keeper = await server.SignInKeeperAsync();
        var text = string.Join("\r\n", "Код 1С;Наименование", "Ж-1;Ёлка №5", "Ж-2;\"Ўзбек; матн\"").Replace(";", separator, StringComparison.Ordinal).Replace("Ўзбек" + separator, "Ўзбек;", StringComparison.Ordinal);
        byte[] bytes = encoding switch
        {
            "utf-8" => Encoding.UTF8.GetBytes(text),
            "utf-8 marked" => [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text)],
            "utf-16" => [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(text)],
            _ => CodePagesEncodingProvider.Instance.GetEncoding(1251)!.GetBytes(text),
        };
        var task = await server.ImportAsync(keeper, "project", ImportScene.File(bytes));
        Assert.Equal(("completed", 2, 0), ((string)task["status"]!, (int)task["total"]!, (int)task["errors"]!));
        Assert.Equal("Ёлка №5", (string)(await keeper.ReadRecordAsync(RecordScene.At("project", "Ж-1")))["name"]!);
        Assert.Equal("Ўзбек; матн", (string)(await keeper.ReadRecordAsync(RecordScene.At("project", "Ж-2")))["name"]!);
    }

    [Theory]
    [InlineData("\r\n  \r\n;;\r\nКод 1С;Наименование\r\nS1-1;Narsa\r\n", "S1-1")]
    [InlineData("code_1c;name;5\"\nS2-1;Narsa;2\", x, y, z\n", "S2-1")]
    [InlineData("\"code_1c\";\"name\";\"a \"\"b\"\", c, d, e\"\nS3-1;Narsa;x\n", "S3-1")]
    [InlineData("code_1c;name\rS4-1;Narsa\rS4-2;Narsa", "S4-1 S4-2")]
    [InlineData("sep=|\ncode_1c|name\nS5-1|Narsa\n", "S5-1")]
    [InlineData("sep=\t\rcode_1c\tname\rS6-1\tNarsa\r", "S6-1")]
    public async Task Rows_and_cells_are_parted_as_programs_part_them(string text, string codes)
    {
        using var keeper = await server.SignInKeeperAsync();
        var task = await server.ImportAsync(keeper, "project", text);
        Assert.Equal("completed", (string)task["status"]!);
        Assert.Equal(codes, await server.ScalarAsync<string>("select string_agg(code, ' ' order by code) from catalog.projects where code like $1 || '%'", codes[..3]));
    }

    [Fact]
    public async Task A_workbook_is_read_as_Excel_writes_it()
    {
        using var keeper = await server.SignInKeeperAsync();
        var file = ImportScene.Workbook(
            $"""
            <row r="1">{ImportScene.Text("B1", "name")}{ImportScene.Text("D1", "code_1c")}{ImportScene.Text("E1", "is_active")}</row>
            <row r="3"><c r="B3" t="s"><v>1</v></c><c r="D3" t="s"><v>0</v></c><c r="E3" t="b"><v>0</v></c></row>
            <row r="4"><c r="B4" t="str"><f>A1&amp;B1</f><v>Formula</v></c><c r="D4" s="1"><v>123</v></c></row>
            <row r="5">{ImportScene.Text("B5", "Plain number")}<c r="D5"><v>123456.5</v></c></row>
            <row r="6">{ImportScene.Text("B6", "Big number")}<c r="D6"><v>1.2345678901234567E+19</v></c></row>
            <row r="7">{ImportScene.Text("B7", "Date")}<c r="D7" s="2"><v>45432</v></c></row>
            <row r="8">{ImportScene.Text("B8", "Own date")}<c r="D8" s="3"><v>45432</v></c></row>
            <row r="9"><c r="B9" t="e"><v>#N/A</v></c>{ImportScene.Text("D9", "X-9")}</row>
            <row r="10">{ImportScene.Text("B10", "A_x000D_B _x005F_x0041_")}{ImportScene.Text("D10", "X-10")}</row>
            """,
            sharedStrings: "<si><r><t>X</t></r><rPh><t>no</t></rPh><r><t xml:space=\"preserve\">- 1</t></r></si><si><t>Shared &amp; rich</t></si>",
            styles: """<numFmts count="2"><numFmt numFmtId="164" formatCode="00000"/><numFmt numFmtId="165" formatCode="dd.mm.yyyy"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/><xf numFmtId="165"/></cellXfs>""");
        using var english = server.SignIn(await server.CreatePersonAsync(email: null, "en", "staff", "superuser"));
        var task = await server.ImportAsync(english, "nomenklatura", file);
        Assert.Equal("completed", (string)task["status"]!);
        Assert.Equal((3, 0, 0, 5), task.Counts());
        Assert.Equal("00123 Formula true 4, 123456.5 Plain number true 5, X- 1 Shared & rich false 3", await server.ScalarAsync<string>(
            "select string_agg(format('%s %s %s %s', i.code, i.name, case when i.is_active then 'true' else 'false' end, c.source_row), ', ' order by i.code) from catalog.items i join catalog.changes c on c.list = 'nomenklatura' and c.record_id = i.id"));
        var errors = await english.ErrorsAsync(task);
        // Mended, no row is too short: a workbook leaves out what is empty at its end.
        Assert.All(errors, row => Assert.Equal(2 + 5, row.Split("\";\"").Length));
        Assert.Contains("code_1c: The number in the cell is longer", errors[0], StringComparison.Ordinal);
        Assert.Contains("code_1c: The cell holds a date", errors[1], StringComparison.Ordinal);
        Assert.Contains("code_1c: The cell holds a date", errors[2], StringComparison.Ordinal);
        Assert.Contains("name: The formula in the cell gives an error.", errors[3], StringComparison.Ordinal);
        // Decoded it has a line break.
        Assert.Contains("name:", errors[4], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "import_empty")]
    [InlineData("\n\n", "import_empty")]
    [InlineData("name,title\nA,B\n", "import_no_code")]
    [InlineData("code_1c,name,Nomi\n1,2,3\n", "import_column_twice")]
    [InlineData("{}", "import_no_code")]
    public async Task A_file_that_is_no_table_of_records_is_refused_at_once(string text, string key)
    {
        using var keeper = server.SignIn(await server.CreatePersonAsync(email: null, "en", "staff", "superuser"));
        if (text.Length == 0)
            key = "required";
        foreach (var suffix in new[] { "", "?dry_run=true" })
        {
            var problem = await keeper.PostAsync($"/api/v1/project/import/{suffix}", ImportScene.Csv(text)).RefusedAsync(400, "validation_error");
            Assert.Equal(Messages.Text(Messages.CultureOf("en"), key, key == "import_column_twice" ? "name" : "code_1c"), (string)problem["errors"]!["file"]![0]!);
        }

        Assert.False(Directory.Exists(Path.Combine(server.DataDir, "imports")) && Directory.GetFiles(Path.Combine(server.DataDir, "imports")).Length > 0);
    }

    [Fact]
    public async Task What_is_broken_further_down_changes_nothing()
    {
        using var keeper = server.SignIn(await server.CreatePersonAsync(email: null, "en", "staff", "superuser"));
        var changes = await server.ChangesAsync();
        var rows = "code_1c,name\n" + string.Concat(Enumerable.Range(0, 5_000).Select(n => $"W-{n},Narsa\n"));
        var task = await server.ImportAsync(keeper, "project", rows + "W-x,\"open\nW-y,never closed\n");
        Assert.Equal(("failed", "The quote that is opened in row 5002 is never closed."), ((string)task["status"]!, (string)task["error_message"]!));
        Assert.NotNull(task["completed_at"]);
        // UTF-8 with a byte lost in it is not taken for another alphabet.
        byte[] damaged = [.. Encoding.UTF8.GetBytes("code_1c,name\nW-1,Ёлка и шишка "), 0xD0, .. Encoding.UTF8.GetBytes("Ёж\n")];
        foreach (byte[] bytes in new byte[][]
        {
            damaged,
            // A mark says what it should be, however little of it is.
            [.. Encoding.UTF8.Preamble, .. "code_1c,name\nW-1,Narsa "u8, 0xC3, .. "x\n"u8],
            [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("code_1c,name\nW-1,Narsa "), 0x00, 0xD8, .. Encoding.Unicode.GetBytes("x\n")],
            [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes("code_1c,name\nW-1,Narsa"), 0x00],
        })
        {
            var problem = await keeper.PostAsync("/api/v1/project/import/", ImportScene.File(bytes)).RefusedAsync(400, "validation_error");
            Assert.Equal("The encoding of the file is damaged: save it again as UTF-8.", (string)problem["errors"]!["file"]![0]!);
        }

        task = await server.ImportAsync(keeper, "project", ImportScene.File([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(rows + rows), 0x00]));
        Assert.Equal(("failed", "The encoding of the file is damaged: save it again as UTF-8."), ((string)task["status"]!, (string)task["error_message"]!));
        Assert.Equal(changes, await server.ChangesAsync());
        Assert.Empty(Directory.GetFiles(Path.Combine(server.DataDir, "imports")));
    }

    [Fact]
    public async Task Hostile_workbooks_are_refused_and_cost_little()
    {
        using var keeper = await server.SignInKeeperAsync();
        const string bomb = """<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData></worksheet>""";
        const string outside = """<!DOCTYPE a SYSTEM "file:///etc/passwd"><worksheet/>""";
        var head = $"<row r=\"1\">{ImportScene.Text("A1", "code_1c")}{ImportScene.Text("B1", "name")}</row>";
        var before = GC.GetTotalAllocatedBytes();
        HttpContent[] files =
        [
            ImportScene.Workbook("", sheet: bomb),
            ImportScene.Workbook("", sheet: outside),
            ImportScene.Workbook("", sheet: "<worksheet><sheetData><row>"),
            ImportScene.Workbook("", sheet: $"<worksheet a=\"{new string('x', 30_000_000)}\"/>"),
            ImportScene.Workbook("", sharedStrings: $"<si><t>{new string('x', 30_000_000)}</t></si>"),
            ImportScene.Workbook("<row r=\"5\"><c t=\"s\"><v>77</v></c></row>"),
            ImportScene.Workbook(string.Concat(Enumerable.Range(0, 20_000).Select(n => $"<n{n}/>"))),
            ImportScene.File([.. "PK\u0003\u0004"u8, .. new byte[1000]]),
            ImportScene.File([0xD0, 0xCF, 0x11, 0xE0, .. new byte[1000]]),
            ImportScene.File(OtherArchive()),
        ];
        foreach (var file in files)
            await keeper.PostAsync("/api/v1/project/import/", file).InvalidAsync("file");
        Assert.True(GC.GetTotalAllocatedBytes() - before < 1_500_000_000, "A bomb was unpacked.");

        // Below the headings it is found when the whole is read, and a row number that goes backwards too.
        foreach (var rest in new[] { "<row r=\"2\"><c t=\"s\"><v>5</v></c></row>", "<row r=\"1\"><c t=\"str\"><v>x</v></c></row>" })
            Assert.Equal("failed", (string)(await server.ImportAsync(keeper, "project", ImportScene.Workbook(head + rest)))["status"]!);
        Assert.Empty(Directory.GetFiles(Path.Combine(server.DataDir, "imports")));
    }

    [Fact]
    public async Task Bodies_that_are_no_file_are_refused_and_leave_nothing()
    {
        using var keeper = await server.SignInKeeperAsync();
        const string address = "/api/v1/project/import/";
        await keeper.PostAsync(address, ImportScene.File("{}"u8.ToArray(), "application/json")).RefusedAsync(415, "unsupported_media_type");
        await keeper.PostAsync(address, new MultipartFormDataContent { { new StringContent("x"), "name" } }).InvalidAsync("file");
        await keeper.PostAsync(address, ImportScene.File("--x\r\nnonsense"u8.ToArray(), "multipart/form-data")).RefusedAsync(400, "malformed");
        using var endless = ImportScene.File("--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a\"\r\n\r\ncode_1c"u8.ToArray());
        endless.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        await keeper.PostAsync(address, endless).RefusedAsync(400, "malformed");
        // The same with a key, for which the form is read once before.
        using var keyed = new HttpRequestMessage(HttpMethod.Post, address) { Content = ImportScene.File("--x--\r\n"u8.ToArray()), Headers = { { "Idempotency-Key", "long-boundary" } } };
        keyed.Content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse($"multipart/form-data; boundary={new string('x', 5_000)}");
        await keeper.SendAsync(keyed).RefusedAsync(400, "malformed");
        var crowd = new MultipartFormDataContent();
        for (var part = 0; part < 21; part++)
            crowd.Add(new StringContent("x"), "name");
        await keeper.PostAsync(address, crowd).RefusedAsync(400, "malformed");
        await keeper.PostAsync(address, ImportScene.File(new byte[(64 << 20) + 1])).RefusedAsync(413, "payload_too_large");
        Assert.Empty(Directory.GetFiles(Path.Combine(server.DataDir, "imports")));
    }

    [Theory]
    [InlineData("a/b\\narxlar.csv", "narxlar.csv")]
    [InlineData(" ", "import")]
    [InlineData("199🎪.csv", "199")]
    public async Task A_file_keeps_its_name_as_far_as_it_is_one(string sent, string kept)
    {
        using var keeper = await server.SignInKeeperAsync();
        using var file = ImportScene.Csv("code_1c,name\nF-1,File\n");
        // In the form in which letters of every alphabet pass.
        file.Headers.TryAddWithoutValidation("Content-Disposition", $"form-data; name=\"file\"; filename*=UTF-8''{Uri.EscapeDataString(sent.Replace("199", new string('a', 199), StringComparison.Ordinal))}");
        using var form = new MultipartFormDataContent { file };
        var task = await server.ImportAsync(keeper, "project", form);
        Assert.Equal(kept.Replace("199", new string('a', 199), StringComparison.Ordinal), (string)task["file_name"]!);
    }

    [Fact]
    public async Task An_upload_that_breaks_off_leaves_nothing()
    {
        using var keeper = await server.SignInKeeperAsync();
        var imports = Path.Combine(server.DataDir, "imports");
        using var leaving = new CancellationTokenSource();
        var upload = keeper.PostAsync("/api/v1/project/import/", new Endless(new byte[200_000]), leaving.Token);
        await HoldsAsync(() => Directory.Exists(imports) && new DirectoryInfo(imports).EnumerateFiles().Any(file => file.Length > 0));
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => upload);
        await HoldsAsync(() => Directory.GetFiles(imports).Length == 0);
    }

    [Fact]
    public async Task A_disk_that_takes_no_file_is_told_of_and_nothing_is_begun()
    {
        await using var own = new TestServer(postgres);
        await own.StartAsync();
        using var keeper = await own.SignInKeeperAsync();
        await File.WriteAllTextAsync(Path.Combine(own.DataDir, "imports"), "in the way", TestContext.Current.CancellationToken);
        using var answer = await keeper.PostAsync("/api/v1/project/import/", ImportScene.Csv("code_1c,name\nD-1,Disk\n"));
        Assert.Equal((503, "import_not_stored", TimeSpan.FromMinutes(1)), ((int)answer.StatusCode, (string)(await answer.ReadAsync())["code"]!, answer.Headers.RetryAfter!.Delta));
        Assert.Equal(0L, await own.ScalarAsync<long>("select count(*) from catalog.imports"));
    }

    private static async Task HoldsAsync(Func<bool> condition)
    {
        for (var tries = 0; !condition(); tries++)
        {
            Assert.True(tries < 1_000, "It does not come about.");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    private static byte[] OtherArchive()
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create))
        {
            using var part = archive.CreateEntry("xl/other.xml").Open();
            part.Write("<other/>"u8);
        }

        return file.ToArray();
    }

    /// <summary>Begins to send, and never ends.</summary>
    private sealed class Endless(byte[] start) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(start, cancellationToken);
            await stream.FlushAsync(cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
