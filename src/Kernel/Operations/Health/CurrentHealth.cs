namespace Maydon.Kernel.Operations;

/// <summary>
/// The outcome of the health checks, looked up at most once in two seconds however many ask: the page is open to anyone and never throttled.
/// </summary>
internal sealed class CurrentHealth(CheckCatalogue catalogue, TimeProvider clock)
{
    private static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private Task<IReadOnlyList<CheckOutcome>>? _latest;
    private DateTimeOffset _at;

    /// <summary>Shared by all who ask at the same time, so nobody's leaving ends it.</summary>
    public Task<IReadOnlyList<CheckOutcome>> LookAsync()
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            if (_latest is null || (_latest.IsCompleted && now - _at > s_fresh))
                (_latest, _at) = (catalogue.RunAsync(check => check.HealthKey is not null, CancellationToken.None), now);
            return _latest;
        }
    }
}
