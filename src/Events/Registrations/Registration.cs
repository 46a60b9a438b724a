using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Maydon.Events.Registrations;

internal static class RegistrationStatus
{
    public const string Registered = "registered";
    public const string Cancelled = "cancelled";
    public const string Waitlisted = "waitlisted";
    public const string Attended = "attended";

    public static readonly IReadOnlyList<string> All = [Registered, Cancelled, Waitlisted, Attended];

    /// <summary>Those that hold a seat.</summary>
    public static readonly IReadOnlyList<string> Seated = [Registered, Attended];
}

/// <summary>A person's place at an event. It is read through this mapping and written by the claim writer alone.</summary>
internal sealed class Registration
{
    public long Id { get; private set; }
    public long EventId { get; private set; }
    public long UserId { get; private set; }
    public string Status { get; private set; } = "";
    public string TicketCode { get; private set; } = "";
    public long? ClaimId { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset? RegisteredAt { get; private set; }
    public DateTimeOffset? WaitlistedAt { get; private set; }
    public DateTimeOffset? CancelledAt { get; private set; }
    public DateTimeOffset? AttendedAt { get; private set; }
}

internal sealed class RegistrationMapping : IEntityTypeConfiguration<Registration>
{
    public void Configure(EntityTypeBuilder<Registration> builder)
    {
        builder.ToTable("registrations").HasKey(registration => registration.Id);
        builder.Property(registration => registration.Id).UseIdentityByDefaultColumn();
    }
}

/// <summary>What admits to an event: 80 random bits, in letters and digits that a QR code packs best and people do not mix up.</summary>
internal static class TicketCode
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Length = 16;

    public static string Create() => RandomNumberGenerator.GetString(Alphabet, Length);
}
