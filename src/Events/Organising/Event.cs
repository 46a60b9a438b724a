using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Maydon.Events.Organising;

/// <summary>Something people register for. How many seats it has and how many are taken is known to its pool alone.</summary>
internal sealed class Event
{
    /// <summary>The kind of the pool that holds an event's seats; its subject is the event's id.</summary>
    public const string PoolKind = "event";

    public long Id { get; private set; }
    public string Title { get; private set; } = "";
    public string Description { get; private set; } = "";
    public string EventType { get; private set; } = "";
    public string? Location { get; private set; }
    public string? JoinUrl { get; private set; }
    public string Language { get; private set; } = "";
    public DateTimeOffset StartsAt { get; private set; }
    public DateTimeOffset EndsAt { get; private set; }
    public long CreatedBy { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>Counts the changes of time or place, so that each is announced once.</summary>
    public int Notice { get; private set; }

    /// <summary>A deleted event is hidden, and stays for those who had registered.</summary>
    public DateTimeOffset? DeletedAt { get; private set; }

    /// <param name="terms">Checked.</param>
    public static Event Create(EventTerms terms, long createdBy, DateTimeOffset now)
    {
        var created = new Event { CreatedBy = createdBy, CreatedAt = now };
        created.Write(terms, now);
        return created;
    }

    public EventTerms Terms => new()
    {
        Title = Title,
        Description = Description,
        Type = EventType,
        Location = Location,
        JoinUrl = JoinUrl,
        Language = Language,
        StartsAt = StartsAt,
        EndsAt = EndsAt,
    };

    /// <summary>Whether time or place changed: then whoever is registered has to know.</summary>
    /// <param name="terms">Checked.</param>
    public bool Change(EventTerms terms, DateTimeOffset now)
    {
        var moved = terms.ToPlan() != Terms.ToPlan();
        if (moved)
            Notice++;
        Write(terms, now);
        return moved;
    }

    public void Delete(DateTimeOffset now) => DeletedAt ??= now;

    private void Write(EventTerms terms, DateTimeOffset now)
    {
        Title = terms.Title!;
        Description = terms.Description;
        EventType = terms.Type!;
        Location = terms.Location;
        JoinUrl = terms.JoinUrl;
        Language = terms.Language;
        StartsAt = terms.StartsAt!.Value;
        EndsAt = terms.EndsAt!.Value;
        UpdatedAt = now;
    }
}

internal sealed class EventMapping : IEntityTypeConfiguration<Event>
{
    public void Configure(EntityTypeBuilder<Event> builder)
    {
        builder.ToTable("events").HasKey(found => found.Id);
        builder.Property(found => found.Id).UseIdentityAlwaysColumn();
        builder.HasQueryFilter(found => found.DeletedAt == null);
        builder.Ignore(found => found.Terms);
    }
}
