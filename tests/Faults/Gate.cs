namespace Maydon.Faults;

/// <summary>Lets clients act, or holds them so that what is stored can be compared with what they know.</summary>
internal sealed class Gate
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _empty;
    private int _inside;

    public async Task EnterAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task open;
            lock (_lock)
            {
                if (_open.Task.IsCompleted)
                {
                    _inside++;
                    return;
                }

                open = _open.Task;
            }

            await open.WaitAsync(cancellationToken);
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            if (--_inside == 0)
                _empty?.TrySetResult();
        }
    }

    public void Open()
    {
        lock (_lock)
            _open.TrySetResult();
    }

    /// <summary>Returns when everybody has left.</summary>
    public async Task CloseAsync()
    {
        Task empty;
        lock (_lock)
        {
            if (_open.Task.IsCompleted)
                _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_inside == 0)
                _empty.SetResult();
            empty = _empty.Task;
        }

        await empty.WaitAsync(TimeSpan.FromSeconds(90));
    }
}
