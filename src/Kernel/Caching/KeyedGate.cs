namespace Maydon.Kernel.Caching;

/// <summary>Lets in one at a time for each key: whoever waits for one key waits for nobody else's.</summary>
internal sealed class KeyedGate
{
    private readonly Dictionary<string, Turnstile> _turnstiles = new(StringComparer.Ordinal);

    /// <summary>Somebody is in, or waits.</summary>
    public bool IsTaken(string key)
    {
        lock (_turnstiles)
            return _turnstiles.ContainsKey(key);
    }

    /// <summary>Lets the next in when it is disposed.</summary>
    public async Task<IDisposable> EnterAsync(string key, CancellationToken cancellationToken)
    {
        Turnstile turnstile;
        lock (_turnstiles)
        {
            if (!_turnstiles.TryGetValue(key, out turnstile!))
                _turnstiles.Add(key, turnstile = new Turnstile(this, key));
            turnstile.People++;
        }

        try
        {
            await turnstile.WaitAsync(cancellationToken);
        }
        catch
        {
            Leave(turnstile);
            throw;
        }

        return turnstile;
    }

    private void Leave(Turnstile turnstile)
    {
        lock (_turnstiles)
        {
            if (--turnstile.People == 0)
                _turnstiles.Remove(turnstile.Key);
        }
    }

    private sealed class Turnstile(KeyedGate gate, string key) : IDisposable
    {
        private readonly SemaphoreSlim _semaphore = new(1);

        public string Key => key;

        /// <summary>Guarded by the gate's lock.</summary>
        public int People { get; set; }

        public Task WaitAsync(CancellationToken cancellationToken) => _semaphore.WaitAsync(cancellationToken);

        public void Dispose()
        {
            _semaphore.Release();
            gate.Leave(this);
        }
    }
}
