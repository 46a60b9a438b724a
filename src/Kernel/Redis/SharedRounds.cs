namespace Maydon.Kernel.Redis;

/// <summary>
/// Does one thing for everybody who wants it done at the same moment: whoever comes is served by a round that begins after they came.
/// </summary>
internal sealed class SharedRounds(Func<Task> round)
{
    private readonly Lock _changing = new();
    private Task _running = Task.CompletedTask;
    private Task? _following;

    public Task NextAsync()
    {
        lock (_changing)
        {
            if (_following is not null)
                return _following;
            return _running.IsCompleted ? _running = round() : _following = FollowAsync(_running);
        }
    }

    private async Task FollowAsync(Task running)
    {
        await running.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        lock (_changing)
        {
            _running = _following!;
            _following = null;
        }

        await round();
    }
}
