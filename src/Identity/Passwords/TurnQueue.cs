namespace Maydon.Identity.Passwords;

/// <summary>
/// Lets so many in at once and so many wait, by turns of those who brought them: of each the oldest. When all places to wait are taken, whoever
/// has most of them gives up the youngest to somebody who has fewer.
/// </summary>
internal sealed class TurnQueue(int atOnce, int maxWaiting)
{
    private readonly Lock _lock = new();
    private readonly List<Line> _lines = [];
    private int _free = atOnce;
    private int _waiting;

    /// <summary>Null: no place, or it was given up for somebody else. Disposed, it lets the next in.</summary>
    public async Task<IDisposable?> EnterAsync(string caller, CancellationToken cancellationToken)
    {
        if (Join(caller) is not { } turn)
            return null;
        try
        {
            return await turn.Task.WaitAsync(cancellationToken) ? new Place(this) : null;
        }
        catch (OperationCanceledException)
        {
            // Its turn may have come at the same moment: then nobody else has it.
            if (!Withdraw(caller, turn) && await turn.Task)
                Leave();
            throw;
        }
    }

    private TaskCompletionSource<bool>? Join(string caller)
    {
        var turn = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                turn.SetResult(true);
                return turn;
            }

            var line = _lines.Find(each => each.Caller == caller);
            if (_waiting == maxWaiting && !MakeRoom(line?.Turns.Count ?? 0))
                return null;
            if (line is null)
                _lines.Add(line = new Line(caller));
            line.Turns.AddLast(turn);
            _waiting++;
            return turn;
        }
    }

    private bool MakeRoom(int own)
    {
        var longest = _lines.MaxBy(each => each.Turns.Count);
        if (longest is null || longest.Turns.Count <= own + 1)
            return false;
        longest.Turns.Last!.Value.SetResult(false);
        longest.Turns.RemoveLast();
        _waiting--;
        return true;
    }

    private bool Withdraw(string caller, TaskCompletionSource<bool> turn)
    {
        lock (_lock)
        {
            var line = _lines.Find(each => each.Caller == caller);
            if (line is null || !line.Turns.Remove(turn))
                return false;
            _waiting--;
            if (line.Turns.Count == 0)
                _lines.Remove(line);
            return true;
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            if (_lines is not [var line, ..])
            {
                _free++;
                return;
            }

            var next = line.Turns.First!.Value;
            line.Turns.RemoveFirst();
            _waiting--;
            _lines.RemoveAt(0);
            if (line.Turns.Count > 0)
                _lines.Add(line);
            next.SetResult(true);
        }
    }

    private sealed record Line(string Caller)
    {
        public LinkedList<TaskCompletionSource<bool>> Turns { get; } = [];
    }

    private sealed class Place(TurnQueue queue) : IDisposable
    {
        public void Dispose() => queue.Leave();
    }
}
