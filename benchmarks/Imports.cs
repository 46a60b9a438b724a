using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Maydon.Bench.Load;
using Maydon.Identity.Tokens;

namespace Maydon.Bench;

/// <summary>A file of 100,000 items comes in, new, then the same again, against COPY of the same rows into a table with the same columns, constraints and indexes.</summary>
internal static class Imports
{
    private const int Rows = 100_000;
    private const double NewAim = 0.15;
    private const double SameAim = 0.5;
    private const double MemoryAim = 256;

    public static async Task<BenchResult> MeasureAsync()
    {
        await using var database = await BenchDatabase.StartAsync();
        await using var server = await BenchServer.StartAsync(database);
        using var client = await SignInAsync(database, server);
        // The first of each is the machine's warming up.
        await ImportAsync(client, "project", "code_1c;name\nBench;Bench\n");
        var bare = await CopyAsync(database, "including defaults including identity including generated");
        var whole = await CopyAsync(database, "including all");
        var file = MakeFile();

        await Task.Delay(TimeSpan.FromSeconds(3));
        var idle = Memory.Of(server.ProcessId).Own;
        using var watching = new CancellationTokenSource();
        var peak = PeakAsync(server, watching.Token);
        var created = await ImportAsync(client, "nomenklatura", file);
        var same = await ImportAsync(client, "nomenklatura", file);
        await watching.CancelAsync();
        var above = await peak - idle;

        Expect(created, "created");
        Expect(same, "unchanged");
        var (newRate, sameRate, reference) = (Rows / created.Seconds, Rows / same.Seconds, Rows / whole);
        return new BenchResult("import", newRate, reference, created.Seconds * 1000, same.Seconds * 1000, created.Errors + same.Errors,
            string.Create(CultureInfo.InvariantCulture,
                $"{Rows:#,0} rows new {newRate:#,0}/s ({created.Seconds:0.0} s), the same again {sameRate:#,0}/s ({same.Seconds:0.0} s, {sameRate / reference:0.00} ×), from the upload's beginning to the end; COPY {whole:0.0} s, into a table without indexes {bare:0.0} s; server {above:0} MB above idle ({idle:0} MB); p50 and p99 are the two runs"),
            new Aim($"new ≥ {NewAim} ×", newRate >= NewAim * reference), new Aim($"unchanged ≥ {SameAim} ×", sameRate >= SameAim * reference), new Aim($"≤ {MemoryAim} MB above idle", above <= MemoryAim));
    }

    private static async Task<HttpClient> SignInAsync(BenchDatabase database, BenchServer server)
    {
        var user = await database.ScalarAsync<long>(
            "insert into identity.users (email, full_name, roles, is_staff, is_superuser, email_verified, language, date_joined) values ('bench@example.org', 'Bench', '{}', true, true, true, 'en', now()) returning id");
        var client = new HttpClient { BaseAddress = new Uri(server.Url), Timeout = TimeSpan.FromMinutes(5) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", BenchServer.Tokens().Issue(new TokenSubject(user, ["staff", "superuser"], "en"), AccessTokens.NewId()));
        return client;
    }

    private static string MakeFile()
    {
        var file = new StringBuilder("code_1c;name;title;project_code_1c;is_active\n", Rows * 80);
        foreach (var (code, name, title) in Records())
            file.Append(CultureInfo.InvariantCulture, $"{code};{name};{title};Bench;true\n");
        return file.ToString();
    }

    private static IEnumerable<(string Code, string Name, string Title)> Records() =>
        Enumerable.Range(1, Rows).Select(n => ($"НФ-{n:00000000}", $"Товар {n * 7919 % 100003} размер {n % 50}", $"Mahsulot {n * 104729 % 99991}"));

    /// <summary>Seconds, the commit included.</summary>
    private static async Task<double> CopyAsync(BenchDatabase database, string likeness)
    {
        await database.ExecuteAsync($"drop table if exists public.copied; create table public.copied (like catalog.items {likeness})");
        await using var connection = await database.Source.OpenConnectionAsync();
        var now = TimeProvider.System.GetUtcNow();
        var started = Stopwatch.GetTimestamp();
        await using (var copy = await connection.BeginBinaryImportAsync("copy public.copied (code, name, title, project_id, is_active, created_at, updated_at) from stdin binary"))
        {
            foreach (var (code, name, title) in Records())
                await copy.WriteRowAsync(CancellationToken.None, code, name, title, 1L, true, now.UtcDateTime, now.UtcDateTime);
            await copy.CompleteAsync();
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await database.ExecuteAsync("drop table public.copied");
        return seconds;
    }

    private static async Task<Import> ImportAsync(HttpClient client, string list, string file)
    {
        var started = Stopwatch.GetTimestamp();
        using var content = new StringContent(file, Encoding.UTF8, "text/csv");
        using var accepted = await client.PostAsync(new Uri($"/api/v1/{list}/import/", UriKind.Relative), content);
        var answer = await accepted.Content.ReadAsStringAsync();
        accepted.EnsureSuccessStatusCode();
        var id = JsonDocument.Parse(answer).RootElement.GetProperty("task_id").GetString();
        while (true)
        {
            var task = JsonDocument.Parse(await client.GetStringAsync(new Uri($"/api/v1/tasks/{id}/", UriKind.Relative))).RootElement;
            if (task.GetProperty("completed_at").ValueKind != JsonValueKind.Null)
                return new Import(Stopwatch.GetElapsedTime(started).TotalSeconds, task);
            await Task.Delay(10);
        }
    }

    private static async Task<double> PeakAsync(BenchServer server, CancellationToken over)
    {
        var peak = 0.0;
        while (!over.IsCancellationRequested)
        {
            peak = Math.Max(peak, Memory.Of(server.ProcessId).Own);
            await Task.Delay(50, CancellationToken.None);
        }

        return peak;
    }

    private static void Expect(Import import, string count)
    {
        if (import.Task.GetProperty(count).GetInt32() != Rows)
            throw new InvalidOperationException($"{count} is not {Rows}: {import.Task}");
    }

    private sealed record Import(double Seconds, JsonElement Task)
    {
        public int Errors => Task.GetProperty("errors").GetInt32();
    }
}
