using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Maydon.Inventory.Claims.Writing;

/// <summary>
/// Decides all claims of this node: takes whoever waits in the queue, locks their pools, decides in order of arrival, commits once
/// and answers everybody (docs/decisions: one claim primitive, group commit). Other nodes' writers meet it only in the pools' locks. What takes from no
/// pool has lanes of its own (<see cref="InventoryModule.AddClaimLane"/>), each with another such writer.
/// </summary>
internal sealed class ClaimWriter(
    string lane, ClaimQueue queue, ClaimQueueOptions options, NpgsqlDataSource database, ClaimMeters meters, TimeProvider clock, ILogger<ClaimWriter> logger) : IHostedService
{
    public const string OfClaims = "claims";

    // After somebody sat on a pool, batches do not wait for locks for a while.
    private static readonly TimeSpan s_impatience = TimeSpan.FromSeconds(2);

    private Task _loop = Task.CompletedTask;
    private Task _answering = Task.CompletedTask;
    private DateTimeOffset _impatientUntil;

    public string Lane => lane;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loop = Task.Run(DecideUntilClosedAsync, CancellationToken.None);
        queue.Open();
        return Task.CompletedTask;
    }

    /// <summary>Lets nobody in any more, decides who waits already.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        queue.Close();
        return _loop.WaitAsync(cancellationToken);
    }

    private async Task DecideUntilClosedAsync()
    {
        await using var session = new ClaimSession(lane, database, meters, clock, options.LockPatience);
        while (await queue.WaitAsync())
        {
            var members = queue.Drain(options.BatchLimit);
            if (members.Count == 0)
                continue;
            meters.Batch(members.Count);
            await DecideAsync(session, members, clock.GetUtcNow() < _impatientUntil ? Attempt.SkipLocked : Attempt.First);
        }

        await _answering;
    }

    /// <summary>
    /// A batch that fails is tried again, first whole when waiting may help, then in halves, until the one that cannot be done stands
    /// alone: nobody fails because of somebody else's request.
    /// </summary>
    private async Task DecideAsync(ClaimSession session, List<WaitingClaim> members, Attempt attempt)
    {
        try
        {
            var (busy, told) = await session.RunAsync(members, skipLocked: attempt is Attempt.SkipLocked or Attempt.Part);
            foreach (var member in busy)
                member.IsRefused = true;
            if (told.IsCompletedSuccessfully)
                WaitingClaim.Answer(members);
            else
                _answering = AnswerAsync(_answering, told, members);
            return;
        }
        catch (Exception e) when (session.InDoubt || (ClaimSession.IsLost(e) && attempt != Attempt.First))
        {
            logger.LogWarning("{Lane}: {Count} could not be decided: {Reason}", lane, members.Count, e.Message);
            foreach (var member in members)
                member.IsRefused = true;
            WaitingClaim.Answer(members);
            return;
        }
        catch (Exception e) // This loop serves everybody: whatever went wrong, the next batch is decided and this one's callers are answered.
        {
            meters.Failed();
            if (e is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable })
                _impatientUntil = clock.GetUtcNow() + s_impatience;
            logger.LogInformation("{Lane}: a batch of {Count} failed and is tried again: {Reason}", lane, members.Count, e.Message);
            if (NextAttempt(attempt, e) is { } next)
            {
                attempt = next;
            }
            else if (members.Count == 1)
            {
                if (e is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } || ClaimSession.HasStaleStatements(e))
                    members[0].IsRefused = true;
                else
                    members[0].Failure = e;
                WaitingClaim.Answer(members);
                return;
            }
            else
            {
                attempt = Attempt.Part;
            }
        }

        if (attempt != Attempt.Part)
        {
            await DecideAsync(session, members, attempt);
            return;
        }

        var middle = members.Count / 2;
        await DecideAsync(session, members[..middle], Attempt.Part);
        await DecideAsync(session, members[middle..], Attempt.Part);
    }

    /// <summary>Its callers wait until others have heard of the batch, which may take a network's time; the next batch does not.</summary>
    private async Task AnswerAsync(Task earlier, Task told, List<WaitingClaim> members)
    {
        await told.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (told.IsFaulted)
        {
            // Stored, but nobody can say what of it others still show.
            logger.LogError(told.Exception, "{Lane}: what {Count} have changed could not be told", lane, members.Count);
            foreach (var member in members)
                member.IsRefused = true;
        }

        WaitingClaim.Answer(members);
        await earlier;
    }

    private static Attempt? NextAttempt(Attempt attempt, Exception exception) => attempt != Attempt.First ? null : exception switch
    {
        PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } => Attempt.SkipLocked,
        // Another node has made the same row at the same moment: now it is found. In parts nobody would wait for its lock.
        PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.UniqueViolation } => Attempt.Again,
        _ => ClaimSession.IsLost(exception) || ClaimSession.HasStaleStatements(exception) ? Attempt.Again : null,
    };

    private enum Attempt { First, Again, SkipLocked, Part }
}
