using Microsoft.EntityFrameworkCore;

namespace Maydon.Kernel.Persistence;

/// <summary>
/// What a module may know of another person's account: the view <c>identity.people</c>, which Identity keeps stable.
/// Read-only; a module's DbContext maps it with <see cref="PersonMapping.MapPeople"/> to join it.
/// </summary>
public sealed class Person
{
    public long Id { get; private set; }
    public string? Email { get; private set; }
    public string FullName { get; private set; } = "";
    public string Language { get; private set; } = "";
    public bool IsActive { get; private set; }
}

public static class PersonMapping
{
    public static void MapPeople(this ModelBuilder model) => model.Entity<Person>().ToView("people", "identity").HasKey(person => person.Id);
}
