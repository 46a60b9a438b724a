using Npgsql;

namespace Maydon.Kernel.Persistence;

/// <summary>What the database says, or does not say, when the same would go well a little later.</summary>
public static class PassingTrouble
{
    /// <summary>No answer at all, no connection to be had, a server that stops or has no room, or somebody else who was in the way for too long.</summary>
    public static bool Is(NpgsqlException trouble) => trouble is not PostgresException refused || refused.SqlState is
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled
        or ['0', '8', ..] or ['5', '3', ..] or ['5', '7', 'P', ..];
}
