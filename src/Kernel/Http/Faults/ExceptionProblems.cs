using Maydon.Kernel.Persistence;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Maydon.Kernel.Http.Faults;

/// <summary>What an exception means to the caller, where it means more than "a bug": the one place that knows the constraints' names.</summary>
internal sealed class ExceptionProblems(IEnumerable<ConstraintProblem> constraints)
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(1);
    private readonly Dictionary<string, ConstraintProblem> _constraints = constraints.ToDictionary(constraint => constraint.Constraint, StringComparer.Ordinal);

    /// <summary>Null for a bug.</summary>
    public Problem? Find(Exception exception, HttpContext context)
    {
        // EF Core wraps what Npgsql throws, once or twice.
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case BadHttpRequestException bad:
                    return BindingProblems.Find(bad, context);
                case PostgresException refused:
                    return Find(refused);
                case ServiceAwayException away:
                    return away.Refusal;
                case NpgsqlException:
                    // No answer from the database: refused, cut off, timed out, or no connection free.
                    return Unavailable();
            }
        }

        return null;
    }

    private Problem? Find(PostgresException refused)
    {
        if (refused.ConstraintName is { } name && _constraints.TryGetValue(name, out var known))
        {
            return known switch
            {
                { Field: null } => Problem.Of(known.Status, known.Code),
                { Status: StatusCodes.Status400BadRequest, Field: { } field } => Problem.Invalid(field, known.Code),
                { Field: { } field } => Problem.Of(known.Status, known.Code, field).With("field", field),
            };
        }

        return refused.SqlState switch
        {
            PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation or PostgresErrorCodes.ExclusionViolation => Problem.Conflict("conflict"),
            // NUL cannot be stored; JSON, path and query are checked, whatever else comes in is caught here.
            PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter => Problem.Of(StatusCodes.Status400BadRequest, "invalid_characters"),
            _ => PassingTrouble.Is(refused) ? Unavailable() : null,
        };
    }

    private static Problem Unavailable() => Problem.Unavailable(s_soon);
}
