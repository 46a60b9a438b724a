using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Maydon.Tests.Support;

namespace Maydon.Tests.Fuzz;

public sealed class FuzzByNobodyTest(TestServer server, ITestOutputHelper output) : FuzzTest(server, output, null);

public sealed class FuzzBySeekerTest(TestServer server, ITestOutputHelper output) : FuzzTest(server, output, "Seeker");

public sealed class FuzzByFacilitatorTest(TestServer server, ITestOutputHelper output) : FuzzTest(server, output, "Facilitator");

public sealed class FuzzByStaffTest(TestServer server, ITestOutputHelper output) : FuzzTest(server, output, "staff", "superuser");

/// <summary>
/// Walks the server's own OpenAPI document and sends every operation what it does not expect: no 5xx, no hang, nothing of the
/// server's inside in an answer, and after a refusal nothing stored. FUZZ_SEED repeats a run, FUZZ_SHARE=100 sends everything.
/// </summary>
public abstract partial class FuzzTest(TestServer server, ITestOutputHelper output, params string[]? roles) : IClassFixture<TestServer>
{
    private const int MostFaults = 40;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private readonly List<string> _faults = [];
    private readonly StoredChanges _changes = new(server);
    private int _sent;
    private int _accepted;

    [Fact]
    public async Task Nothing_that_is_sent_breaks_the_server()
    {
        var seed = Setting("FUZZ_SEED", 20_261_120);
        var share = Setting("FUZZ_SHARE", 15);
        output.WriteLine($"FUZZ_SEED={seed} FUZZ_SHARE={share}");
        using var reader = server.CreateClient();
        var document = JsonNode.Parse(await reader.GetStringAsync(new Uri("/api/schema/", UriKind.Relative)))!;
        await _changes.WatchAsync();

        // What deletes comes last, so that the others find something.
        var operations = OpenApiOperation.ReadAll(document).OrderBy(operation => operation.Method == HttpMethod.Delete).ToList();
        var untouched = new List<string>();
        foreach (var operation in operations)
        {
            var sample = await SampleRequest.ForAsync(server, operation, roles);
            await _changes.TakeAsync();
            using var plain = sample.Create();
            if (await SendAsync(plain, operation, sample.What) is "validation_error" or "malformed")
                untouched.Add($"{operation}");
            var number = 0;
            foreach (var (create, what) in sample.Nasty().Where(_ => IsChosen(seed, operation, number++, share)))
            {
                using var request = create();
                await SendAsync(request, operation, what);
                if (_faults.Count > MostFaults)
                    break;
            }
        }

        output.WriteLine($"{operations.Count} operations, {_sent} requests, {_accepted} accepted");
        Assert.True(operations.Count >= 20, $"The document has only {operations.Count} operations.");
        Fault.None(_faults);
        // A sample that is refused as it stands does not get behind the first check.
        untouched.Remove("POST /auth/password/change"); // whoever fuzzes has no password to change
        Fault.None(untouched.Select(operation => $"{operation}: the plain sample is invalid"));
    }

    private async Task<string?> SendAsync(HttpRequestMessage request, OpenApiOperation operation, string what)
    {
        _sent++;
        using var client = server.CreateClient();
        using var patience = new CancellationTokenSource(s_patience);
        var watch = Stopwatch.StartNew();
        try
        {
            using var response = await client.SendAsync(request, patience.Token);
            var body = await response.Content.ReadAsStringAsync(patience.Token);
            await JudgeAsync(operation, what, (int)response.StatusCode, response.Content.Headers.ContentType, body);
            return (int)response.StatusCode == 400 ? JsonNode.Parse(body)?["code"]?.ToString() : null;
        }
        catch (Exception e)
        {
            _faults.Add($"{operation} {what}: {e.GetType().Name} after {watch.ElapsedMilliseconds} ms: {e.Message}");
            return null;
        }
    }

    /// <summary>The one refusal that is also a deed (decision 0010): a second sign-up takes the password off an account whose mailbox nobody has proved.</summary>
    private static bool Disputes(OpenApiOperation operation, string body, string stored) =>
        stored == "UPDATE identity.users" && body.Contains("\"code\":\"email_exists\"", StringComparison.Ordinal) && $"{operation}".Contains("/auth/signup", StringComparison.Ordinal);

    private async Task JudgeAsync(OpenApiOperation operation, string what, int status, MediaTypeHeaderValue? type, string body)
    {
        var stored = await _changes.TakeAsync();
        if (status < 400)
        {
            _accepted++;
            return;
        }

        var short_ = body.Length > 300 ? body[..300] : body;
        if (status >= 500 && !body.Contains("\"code\":\"payments_unconfigured\"", StringComparison.Ordinal))
            _faults.Add($"{operation} {what}: {status} {short_}");
        else if (stored is not null && !Disputes(operation, body, stored))
            _faults.Add($"{operation} {what}: refused with {status}, and yet: {stored}");
        else if (type?.MediaType != "application/problem+json" || !body.Contains("\"code\":", StringComparison.Ordinal))
            _faults.Add($"{operation} {what}: {status} without problem details: {type} {short_}");
        else if (Inside().Match(body) is { Success: true } inside)
            _faults.Add($"{operation} {what}: {status} shows '{inside.Value}': {short_}");
        else if (!operation.Statuses.Contains(status.ToString(CultureInfo.InvariantCulture)) && status is not (400 or 401 or 405 or 406 or 413 or 415 or 429))
            _faults.Add($"{operation} {what}: {status} is not documented: {short_}");
    }

    private static bool IsChosen(int seed, OpenApiOperation operation, int number, int share)
    {
        var mixed = HashCodeOf($"{seed} {operation} {number}");
        return mixed % 100 < (uint)share;
    }

    /// <summary>FNV-1a: the same in every run, unlike a string's own.</summary>
    private static uint HashCodeOf(string text) => text.Aggregate(2166136261u, (hash, letter) => (hash ^ letter) * 16777619u);

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;

    [GeneratedRegex(@"Npgsql|PostgresException|System\.[A-Z]|Microsoft\.|   at |Maydon\.[A-Z]|SQLSTATE|\b[0-9]{2}[0-9A-Z]{3}: |insert into|BytePositionInLine")]
    private static partial Regex Inside();
}
