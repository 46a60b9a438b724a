using System.ComponentModel;
using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Mvc;

namespace Maydon.Events.Registrations.Own;

/// <summary>What one's own enrolments can be asked for.</summary>
public class EnrollmentQuery : ListQuery
{
    public const string Upcoming = "upcoming";
    public const string Past = "past";

    [FromQuery(Name = "type"), Description("upcoming: the event has not started; past: it is over.")]
    public string? Type { get; set; }

    internal virtual Problem? Check() => Type is null or "" or Upcoming or Past ? null : Problem.Invalid("type", "invalid_choice", $"{Upcoming}, {Past}");
}

/// <summary>What one's own registrations can be asked for.</summary>
public sealed class RegistrationQuery : EnrollmentQuery
{
    [FromQuery(Name = "status"), Description("registered, cancelled, waitlisted or attended.")]
    public string? Status { get; set; }

    internal override Problem? Check() => Status is null or "" || RegistrationStatus.All.Contains(Status)
        ? base.Check()
        : Problem.Invalid("status", "invalid_choice", string.Join(", ", RegistrationStatus.All));
}
