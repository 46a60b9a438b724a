namespace Maydon.Faults;

internal static class Plans
{
    /// <summary>A few minutes: part of every <c>./test</c>.</summary>
    public static IReadOnlyList<Plan> Short { get; } =
    [
        new("one server") { Kills = 10, Freezes = 2, Cuts = 3, Terminations = 1, Registrations = 10_000 },
        new("two servers, one database") { Nodes = 2, Kills = 6, Freezes = 2, Cuts = 2, Terminations = 1, Registrations = 18_000 },
        new("a server with its own database") { Embedded = true, Drains = true, Kills = 4, Cuts = 1, Registrations = 20_000 },
    ];

    /// <summary>The same, until it has had every chance to go wrong.</summary>
    public static IReadOnlyList<Plan> Long { get; } =
    [
        .. Enumerable.Range(0, 10).SelectMany(round => new Plan[]
        {
            new($"one server, round {round + 1}")
            {
                Kills = 15, Freezes = 3, Cuts = 6, Terminations = 3, FreezeTime = TimeSpan.FromSeconds(5), Visitors = 64, PeoplePerVisitor = 60,
                Registrations = round * 50_000 + 22_000, Seed = 1_000 + (ulong)round,
            },
            new($"two servers, round {round + 1}")
            {
                Nodes = 2, Kills = 12, Freezes = 3, Cuts = 6, Terminations = 3, FreezeTime = TimeSpan.FromSeconds(5), Visitors = 64, PeoplePerVisitor = 60,
                Registrations = round * 50_000 + 44_000, Seed = 2_000 + (ulong)round,
            },
            new($"a server with its own database, round {round + 1}")
            {
                Embedded = true, Drains = true, Kills = 5, Cuts = 2, Registrations = round * 50_000 + 50_500, Seed = 3_000 + (ulong)round,
            },
        }),
    ];
}
