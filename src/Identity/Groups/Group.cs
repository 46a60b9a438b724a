using Maydon.Kernel.Http;

namespace Maydon.Identity.Groups;

/// <summary>What all its members may.</summary>
internal sealed class Group
{
    public const int MaxName = 150;

    private Group()
    {
    }

    public Group(string name, IEnumerable<string> permissions)
    {
        Rename(name);
        Grant(permissions);
    }

    public long Id { get; private set; }
    public string Name { get; private set; } = "";
    public string[] Permissions { get; private set; } = [];

    public void Rename(string name) => Name = FieldRules.Trimmed(name);

    /// <summary>These instead of those that there were.</summary>
    public void Grant(IEnumerable<string> permissions) => Permissions = [.. permissions.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}

internal sealed class Membership
{
    public long UserId { get; private set; }
    public long GroupId { get; private set; }
}
