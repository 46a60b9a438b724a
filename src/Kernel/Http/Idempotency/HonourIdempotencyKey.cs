using System.Globalization;
using Maydon.Kernel.Http.Faults;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using Npgsql;

namespace Maydon.Kernel.Http.Idempotency;

/// <summary>
/// <c>Idempotency-Key</c> on every change of a signed-in caller, or of a guest whose browser is known: the endpoint runs inside the transaction that stores its first answer,
/// so that effect and answer become true together; a repeat gets that answer again.
/// </summary>
internal sealed class HonourIdempotencyKey(RequestDelegate next, ExceptionProblems problems, ThrottleCounters counters, MaydonSettings settings, TimeProvider clock)
{
    private const string Header = "Idempotency-Key";
    private const int LongestKey = 255;

    public Task InvokeAsync(HttpContext context) =>
        context.Request.Headers.TryGetValue(Header, out var key) && IsChange(context.Request.Method)
        && context.GetEndpoint() is { } endpoint && endpoint.Metadata.GetMetadata<IdempotencyMode>() is var mode && mode != IdempotencyMode.None
        && ScopeOf(context) is { } scope
            ? HonourAsync(context, scope, key, mode)
            : next(context);

    /// <summary>
    /// Null for a stranger, who could not be told from another: the first thing that a guest does with a key is done again when it is repeated
    /// without the cookie, for another guest. The cookie is part of no stored answer.
    /// </summary>
    private static string? ScopeOf(HttpContext context)
    {
        if (CurrentUser.IdOf(context.User) is { } user)
            return $"user:{user.ToString(CultureInfo.InvariantCulture)}";
        return context.RequestServices.GetRequiredService<CurrentGuest>().Hash is { } guest ? $"guest:{Convert.ToHexStringLower(guest)}" : null;
    }

    private async Task HonourAsync(HttpContext context, string scope, StringValues key, IdempotencyMode? mode)
    {
        if (key is not [{ Length: >= 1 and <= LongestKey } text] || text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            await Problem.Invalid(Header, "invalid_idempotency_key").ExecuteAsync(context);
            return;
        }

        // Guests cost nothing to be made; what is kept for them does.
        if (CurrentUser.IdOf(context.User) is null && settings.Throttles.GuestKeys is { } rate
            && await counters.HitAsync("guest-keys", CallerNetwork.Of(context.Connection.RemoteIpAddress), rate, context.RequestAborted) is { } wait)
        {
            await Problem.Throttled(wait).ExecuteAsync(context);
            return;
        }

        var ticket = new IdempotencyTicket(scope, text, await RequestHash.OfAsync(context.Request, context.RequestAborted), CultureInfo.CurrentUICulture);
        var beforehand = context.GetEndpoint()!.Metadata.GetMetadata<ReceiveBeforehand>();
        if ((beforehand is not null || mode == IdempotencyMode.RecordsOwnAnswer) && await FindKnownAsync(context, ticket) is { } known)
        {
            await known.ExecuteAsync(context);
        }
        else if (beforehand is not null && await beforehand.ReceiveAsync(context) is { } answer)
        {
            await answer.ExecuteAsync(context);
        }
        else if (mode == IdempotencyMode.RecordsOwnAnswer)
        {
            // The endpoint locks and stores by itself.
            context.Features.Set(ticket);
            await next(context);
        }
        else
        {
            await RunOnceAsync(context, ticket);
        }
    }

    /// <summary>What was answered before, without waiting for whoever is at it: that needs not be received, nor reach the endpoint, again.</summary>
    private async Task<IResult?> FindKnownAsync(HttpContext context, IdempotencyTicket ticket)
    {
        await using var connection = await context.RequestServices.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(context.RequestAborted);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { IdempotencyStore.FindCommand([ticket], clock.Now()) } };
        await using var reader = await batch.ExecuteReaderAsync(context.RequestAborted);
        return (await IdempotencyStore.ReadFoundAsync(reader, [ticket], context.RequestAborted)).FirstOrDefault().Verdict;
    }

    private async Task RunOnceAsync(HttpContext context, IdempotencyTicket ticket)
    {
        IResult answer;
        context.Features.Set(new RepeatableRequest(ticket));
        var session = context.RequestServices.GetRequiredService<DbSession>();
        await using (var transaction = await session.BeginAsync(context.RequestAborted))
        {
            answer = await DecideAsync(session.Connection, ticket, context.RequestAborted) ?? await RunAsync(context, session);
            if (answer is StoredAnswer { Status: < StatusCodes.Status500InternalServerError } first)
            {
                if (StoredAnswer.IsWorthKeeping(first.Status))
                    await ExecuteAsync(session.Connection, IdempotencyStore.SaveCommand([(ticket, first)], clock.Now()), context.RequestAborted);
                await transaction.CommitAsync(context.RequestAborted);
            }
        }

        await answer.ExecuteAsync(context);
    }

    private async Task<IResult?> DecideAsync(NpgsqlConnection connection, IdempotencyTicket ticket, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { IdempotencyStore.LockCommand([ticket]), IdempotencyStore.FindCommand([ticket], clock.Now()) } };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return (await IdempotencyStore.ReadVerdictsAsync(reader, [ticket], cancellationToken))[0];
    }

    /// <summary>Runs the endpoint and keeps its answer back until the transaction is committed.</summary>
    private async Task<StoredAnswer> RunAsync(HttpContext context, DbSession session)
    {
        var response = context.Response;
        var wire = response.Body;
        using var held = new MemoryStream();
        response.Body = held;
        try
        {
            await using var inner = await session.BeginAsync(context.RequestAborted);
            try
            {
                await next(context);
                await inner.CommitAsync(context.RequestAborted);
            }
            catch (Exception e) when (problems.Find(e, context) is { StatusCode: < StatusCodes.Status500InternalServerError } problem)
            {
                // A violated constraint is an answer like any other; what the endpoint had done is undone, the key's transaction goes on.
                await inner.DisposeAsync();
                held.SetLength(0);
                response.Headers.Location = default;
                response.Headers.ETag = default;
                await problem.ExecuteAsync(context);
            }
        }
        finally
        {
            response.Body = wire;
        }

        return new StoredAnswer(response.StatusCode, response.ContentType, response.Headers.Location, held.ToArray()) { ETag = response.Headers.ETag };
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, NpgsqlBatchCommand command, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { command } };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static bool IsChange(string method) =>
        HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsPatch(method) || HttpMethods.IsDelete(method);
}
