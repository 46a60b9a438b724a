using System.Collections.Concurrent;

namespace Maydon.Faults;

/// <summary>What a campaign did and what it found; shared by all clients.</summary>
internal sealed class Findings
{
    private readonly ConcurrentQueue<string> _violations = new();
    private readonly ConcurrentDictionary<string, int> _counts = new();

    public IReadOnlyCollection<string> Violations => _violations;
    public IEnumerable<KeyValuePair<string, int>> Counts => _counts.OrderBy(count => count.Key, StringComparer.Ordinal);

    public int this[string what] => _counts.GetValueOrDefault(what);

    public void Count(string what, int howMany = 1) => _counts.AddOrUpdate(what, howMany, (_, before) => before + howMany);

    public void Violation(string what) => _violations.Enqueue(what);

    public override string ToString() =>
        string.Join(", ", Counts.Select(count => $"{count.Value:N0} {count.Key}")) + $", {_violations.Count} violations" + string.Concat(_violations.Take(20).Select(violation => $"\n  {violation}"));
}
