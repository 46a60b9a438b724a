namespace Maydon.Kernel.Operations;

/// <summary>
/// Something that must hold over everything stored, recomputed from the ground up: <c>verify</c> runs all that are registered
/// (<c>services.AddScoped&lt;IInvariantCheck, …&gt;()</c>) and fails when one has drifted. Reads only, from one snapshot.
/// </summary>
public interface IInvariantCheck
{
    /// <summary>What holds, for people: "every pool's taken equals its ledger".</summary>
    string Name { get; }

    Task<InvariantResult> RunAsync(CancellationToken cancellationToken);
}

/// <summary><paramref name="Examined"/> rows were compared; every entry of <paramref name="Drifts"/> says what differs, where and by how much.</summary>
public sealed record InvariantResult(long Examined, IReadOnlyList<string> Drifts)
{
    public bool Holds => Drifts.Count == 0;
}
