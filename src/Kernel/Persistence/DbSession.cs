using Npgsql;

namespace Maydon.Kernel.Persistence;

/// <summary>
/// The one database connection of a request or job. Every module's DbContext in the same scope works on it, so that one
/// transaction spans them all: a use case begins it, the outbox and an idempotency key join it.
/// </summary>
public sealed class DbSession(NpgsqlDataSource source) : IAsyncDisposable
{
    private readonly List<Func<Task>> _afterCommit = [];
    private NpgsqlTransaction? _transaction;
    private int _depth;

    public NpgsqlConnection Connection { get; } = source.CreateConnection();

    public bool InTransaction => _transaction is not null;

    /// <summary>Begins the transaction; inside another one it becomes a savepoint, so that a use case can be called by a larger one.</summary>
    public async Task<SessionTransaction> BeginAsync(CancellationToken cancellationToken)
    {
        if (_transaction is null)
        {
            if (Connection.State != System.Data.ConnectionState.Open)
                await Connection.OpenAsync(cancellationToken);
            _transaction = await Connection.BeginTransactionAsync(cancellationToken);
            return new SessionTransaction(this, savepoint: null, _afterCommit.Count);
        }

        var savepoint = $"s{++_depth}";
        await _transaction.SaveAsync(savepoint, cancellationToken);
        return new SessionTransaction(this, savepoint, _afterCommit.Count);
    }

    /// <summary>For reads that may stand outside a transaction: opens the connection until this is disposed, or leaves it open where it was.</summary>
    public async Task<OpenedConnection> OpenAsync(CancellationToken cancellationToken)
    {
        if (Connection.State == System.Data.ConnectionState.Open)
            return new OpenedConnection(opened: null);
        await Connection.OpenAsync(cancellationToken);
        return new OpenedConnection(Connection);
    }

    /// <summary>Runs once the outermost transaction is committed, and never if it is rolled back: cache stamps, wake-up calls.</summary>
    public void AfterCommit(Action action) => AfterCommit(() =>
    {
        action();
        return Task.CompletedTask;
    });

    /// <summary>The same, and whoever commits is kept until it is done.</summary>
    public void AfterCommit(Func<Task> action)
    {
        if (!InTransaction)
            throw new InvalidOperationException("AfterCommit belongs inside a transaction.");
        _afterCommit.Add(action);
    }

    internal async Task CommitAsync(string? savepoint, CancellationToken cancellationToken)
    {
        if (savepoint is not null)
        {
            await _transaction!.ReleaseAsync(savepoint, cancellationToken);
            return;
        }

        await _transaction!.CommitAsync(cancellationToken);
        Func<Task>[] actions = [.. _afterCommit];
        await EndAsync();
        foreach (var action in actions)
            await action();
    }

    internal async Task RollbackAsync(string? savepoint, int afterCommitCount)
    {
        if (_transaction is null)
            return;
        if (savepoint is not null)
        {
            _afterCommit.RemoveRange(afterCommitCount, _afterCommit.Count - afterCommitCount);
            await _transaction.RollbackAsync(savepoint);
            return;
        }

        // Disposing rolls back, also when the connection has been lost meanwhile.
        await EndAsync();
    }

    private async Task EndAsync()
    {
        var transaction = _transaction;
        _transaction = null;
        _afterCommit.Clear();
        if (transaction is not null)
            await transaction.DisposeAsync();
        await Connection.CloseAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        await Connection.DisposeAsync();
    }
}

/// <summary>Closes what was opened for it.</summary>
public sealed class OpenedConnection : IAsyncDisposable
{
    private readonly NpgsqlConnection? _opened;

    internal OpenedConnection(NpgsqlConnection? opened) => _opened = opened;

    public async ValueTask DisposeAsync()
    {
        if (_opened is not null)
            await _opened.CloseAsync();
    }
}

/// <summary>Disposed without <see cref="CommitAsync"/>, everything done inside is rolled back.</summary>
public sealed class SessionTransaction : IAsyncDisposable
{
    private readonly DbSession _session;
    private readonly string? _savepoint;
    private readonly int _afterCommitCount;
    private bool _done;

    internal SessionTransaction(DbSession session, string? savepoint, int afterCommitCount) =>
        (_session, _savepoint, _afterCommitCount) = (session, savepoint, afterCommitCount);

    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        await _session.CommitAsync(_savepoint, cancellationToken);
        _done = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (_done)
            return;
        _done = true;
        await _session.RollbackAsync(_savepoint, _afterCommitCount);
    }
}
