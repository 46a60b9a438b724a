using System.Net.Sockets;
using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Idempotency;
using Maydon.Kernel.Persistence;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Maydon.Tests.Kernel;

public sealed record ProbeRequest([property: RequiredField, MaxText(5)] string? Name, int? UnitCount, DateTimeOffset? StartsAt, IReadOnlyList<ProbeLine>? Lines, Dictionary<string, string>? Labels, decimal? Price = null);

public sealed record ProbeLine([property: Within(1, 9)] int? UnitPrice);

public sealed class ProbeQuery : ListQuery
{
    [FromQuery(Name = "starts_after")]
    public DateTimeOffset? StartsAfter { get; set; }

    [FromQuery(Name = "kind"), OneOf("A", "B")]
    public string? EventType { get; set; }
}

/// <summary>Operations that only the tests of the kernel need.</summary>
internal static class ProbeEndpoints
{
    public static IServiceCollection AddProbe(this IServiceCollection services)
    {
        services.AddSingleton<ProbeGate>();
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, ProbeAuthentication>("probe", _ => { });
        services.PostConfigure<AuthenticationOptions>(options => options.DefaultScheme = options.DefaultAuthenticateScheme = options.DefaultChallengeScheme = "probe");
        services.AddAuthorizationBuilder().AddPolicy("probe-staff", policy => policy.RequireClaim(CurrentUser.RoleClaim, CurrentUser.Staff));
        services.AddPermissions("probe", "thing", "thing_part");
        return services.AddConstraintProblem("probe_name", 409, "invalid_email");
    }

    public static void MapProbe(this IEndpointRouteBuilder routes)
    {
        var probe = routes.MapGroup("/api/probe").AllowAnonymous();
        probe.MapPost("/", (ProbeRequest request) => TypedResults.Ok(request));
        probe.MapGet("/", ([AsParameters] ProbeQuery query) => query.Check(50) ?? (IResult)TypedResults.Ok(new { query.StartsAfter, query.EventType, query.Size, query.Number }));
        probe.MapGet("/list/", List);
        probe.MapGet("/{id:long}/", (long id) => TypedResults.Ok(new { id }));
        probe.MapGet("/plain/{id}/", (int id) => TypedResults.Ok(new { id }));
        probe.MapGet("/throws/{what}/", Throw);
        probe.MapGet("/terminated/", BeTerminated);
        probe.MapGet("/unreachable/", FindNoDatabase);
        probe.MapGet("/rows/", FindRows);
        probe.MapPost("/rows/", AddRow);
        probe.MapPost("/rows-by-ef/", AddRowByEf);
        probe.MapPost("/announced-rows/", AnnounceRow);
        probe.MapGet("/whoami/", (HttpContext context) => TypedResults.Ok(new { address = context.Connection.RemoteIpAddress?.ToString(), context.Request.Scheme, host = context.Request.Host.Value }));
        probe.MapPost("/fails-after-writing/", FailAfterWriting);
        probe.MapPost("/busy-after-writing/", BusyAfterWriting);
        probe.MapPost("/slow-rows/", AddRowSlowly);
        probe.MapPost("/tokens/", AddRow).WithoutIdempotency();
        probe.MapPost("/received/", async Task<IResult> (HttpContext context, CurrentUser _) => TypedResults.Ok(new { before = context.Features.Get<ProbeFile>()?.OpenTransactions, within = await CountOpenAsync(context) }))
            .ReceivesBeforehand(ReceiveAsync);
        probe.MapPost("/own/", (HttpContext context) => TypedResults.Ok(new { ticket = IdempotencyTicket.Of(context)?.Scope })).RecordsOwnAnswer();
        var catalogue = routes.MapGroup("/api/v1/probe").AllowAnonymous();
        catalogue.MapGet("/", () => TypedResults.Ok());
        routes.MapGet("/health/probe/", () => TypedResults.Ok()).AllowAnonymous();
        var signedIn = routes.MapGroup("/api/probe/mine");
        signedIn.MapGet("/", (CurrentUser user) => TypedResults.Ok(new { user.Id })).RequireAuthorization();
        signedIn.MapGet("/staff/", () => TypedResults.Ok()).RequireAuthorization("probe-staff");
        signedIn.MapGet("/things/", () => TypedResults.Ok()).RequirePermission("probe.view_thing");
        signedIn.MapPost("/things/", () => TypedResults.Ok()).RequirePermission("probe.add_thing");
        signedIn.MapGet("/refused/", () => Problem.Forbidden()).RequireAuthorization();
    }

    private sealed record ProbeFile(long OpenTransactions);

    private static async Task<IResult?> ReceiveAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        if ((await reader.ReadToEndAsync(context.RequestAborted)).Contains("damaged", StringComparison.Ordinal))
            return Problem.Invalid("file", "invalid");
        context.Features.Set(new ProbeFile(await CountOpenAsync(context)));
        return null;
    }

    private static async Task<long> CountOpenAsync(HttpContext context)
    {
        await using var command = context.RequestServices.GetRequiredService<NpgsqlDataSource>().CreateCommand(
            "select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'");
        return (long)(await command.ExecuteScalarAsync(context.RequestAborted))!;
    }

    private static IResult List([AsParameters] ProbeQuery query, HttpRequest request) =>
        query.Check(50) ?? (IResult)TypedResults.Ok(query.ToPage(request, 50, Enumerable.Range((int)query.Offset, query.Size).Where(n => n < 50).ToList()));

    private static readonly Ordering<ProbeEntity> s_ordering = new Ordering<ProbeEntity>(row => row.Id).By("name", row => row.Name).By("other", row => row.Other);

    private static async Task<IResult> FindRows(string? ordering, string? search, DbSession session, CancellationToken cancellationToken)
    {
        if (s_ordering.Check(ordering) is { } problem)
            return problem;
        await using var context = Context(session);
        IQueryable<ProbeEntity> rows = context.Set<ProbeEntity>();
        foreach (var word in SearchWords.Patterns(search))
            rows = rows.Where(row => EF.Functions.ILike(row.Name, word, SearchWords.Escape));
        return TypedResults.Ok(await s_ordering.Apply(rows, ordering).Select(row => row.Name + "/" + row.Other).ToListAsync(cancellationToken));
    }

    private static ProbeContext Context(DbSession session) => new(new DbContextOptionsBuilder<ProbeContext>().UseNpgsql(session.Connection).Options, session);

    private static IResult Throw(string what, HttpContext context)
    {
        throw what switch
        {
            "bug" => new InvalidOperationException("secret internals"),
            "deadlock" => new DbUpdateException("x", new PostgresException("deadlock detected", "ERROR", "ERROR", PostgresErrorCodes.DeadlockDetected)),
            "serialization" => new PostgresException("could not serialize", "ERROR", "ERROR", PostgresErrorCodes.SerializationFailure),
            "shutdown" => new PostgresException("terminating connection", "FATAL", "FATAL", PostgresErrorCodes.AdminShutdown),
            "away" => new InvalidOperationException("transient", new NpgsqlException("Failed to connect", new SocketException(111))),
            "gone" => new OperationCanceledException(),
            _ => new ArgumentOutOfRangeException(nameof(what)),
        };
    }

    private static async Task<IResult> AddRow(ProbeRow row, DbSession session, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        await using var command = new NpgsqlCommand("insert into probe (name, other) values ($1, $2)", session.Connection);
        command.Parameters.Add(new() { Value = row.Name });
        command.Parameters.Add(new() { Value = (object?)row.Other ?? DBNull.Value });
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Created("/api/probe/rows/1/", row);
    }

    /// <summary>Says where it is before it is known whether it will be.</summary>
    private static Task<IResult> AnnounceRow(ProbeRow row, DbSession session, HttpResponse response, CancellationToken cancellationToken)
    {
        (response.Headers.Location, response.Headers.ETag) = ("/api/probe/rows/1/", "\"1\"");
        return AddRow(row, session, cancellationToken);
    }

    private static async Task<IResult> BeTerminated(DbSession session, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select pg_terminate_backend(pg_backend_pid())", session.Connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return TypedResults.Ok();
    }

    private static async Task<IResult> FindNoDatabase(CancellationToken cancellationToken)
    {
        await using var context = new ProbeContext(
            new DbContextOptionsBuilder<ProbeContext>().UseNpgsql("Host=127.0.0.1;Port=1;Username=x;Database=x").Options, new DbSession(NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=x")));
        return TypedResults.Ok(await context.Set<ProbeEntity>().CountAsync(cancellationToken));
    }

    private static async Task<IResult> FailAfterWriting(ProbeRow row, DbSession session, CancellationToken cancellationToken)
    {
        await AddRow(row, session, cancellationToken);
        throw new InvalidOperationException("a bug after the effect");
    }

    private static async Task<IResult> BusyAfterWriting(ProbeRow row, DbSession session, CancellationToken cancellationToken)
    {
        await AddRow(row, session, cancellationToken);
        return Problem.Unavailable(TimeSpan.FromSeconds(3));
    }

    private static async Task<IResult> AddRowSlowly(ProbeRow row, DbSession session, ProbeGate gate, CancellationToken cancellationToken)
    {
        gate.Entered.SetResult();
        await gate.Opened.Task.WaitAsync(cancellationToken);
        return await AddRow(row, session, cancellationToken);
    }

    private static async Task<IResult> AddRowByEf(ProbeRow row, DbSession session, CancellationToken cancellationToken)
    {
        await using var context = Context(session);
        await using var transaction = await session.BeginAsync(cancellationToken);
        context.Add(new ProbeEntity { Name = row.Name });
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Ok();
    }
}

/// <summary>Holds a request until the test lets it go on.</summary>
internal sealed class ProbeGate
{
    public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    public TaskCompletionSource Opened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

public sealed record ProbeRow(string Name, string? Other = null);

internal sealed class ProbeEntity
{
    public long Id { get; init; }
    public required string Name { get; init; }
    public string? Other { get; init; }
}

internal sealed class ProbeContext(DbContextOptions<ProbeContext> options, DbSession session) : ModuleDbContext(options, session)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ProbeEntity>().ToTable("probe");
        base.OnModelCreating(modelBuilder);
    }
}
