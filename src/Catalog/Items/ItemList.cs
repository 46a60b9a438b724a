using Maydon.Catalog.Records;
using Maydon.Kernel.Http;
using Npgsql;

namespace Maydon.Catalog.Items;

internal sealed class ItemList : CatalogList<Item, NomenklaturaFields, NomenklaturaItem>
{
    public override string Name => "nomenklatura";
    public override string One => "item";
    public override string Many => "Items";
    public override string Table => "catalog.items";
    public override string CodeField => "code_1c";
    public override string Columns => $"{SharedColumns}, t.title, p.id, p.code";
    public override IReadOnlyDictionary<string, string> Orders { get; }
    public override IReadOnlyDictionary<string, string> OrdersForStrangers { get; }

    public ItemList()
    {
        Orders = OrdersBy("t.project_id", "(select o.code from catalog.projects o where o.id = t.project_id)");
        OrdersForStrangers = OrdersBy(OfShownProject("id"), OfShownProject("code"));
    }

    /// <summary>Whoever is signed in is told also of a deleted project: what they read they send back, and the item is not to leave its project by that.</summary>
    public override string Joins(bool forStrangers) => $"left join catalog.projects p on p.id = t.project_id{(forStrangers ? $" and {ShownToStrangers("p")}" : "")}";

    private static string OfShownProject(string column) => $"(select o.{column} from catalog.projects o where o.id = t.project_id and {ShownToStrangers("o")})";

    private Dictionary<string, string> OrdersBy(string project, string projectCode) => new(SharedOrders())
    {
        ["title"] = "catalog.fold(t.title)",
        ["project"] = project,
        ["project_code_1c"] = projectCode,
    };

    public override async Task<ValidationErrors> ResolveAsync(Item record, NomenklaturaFields sent, bool replace, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var errors = new ValidationErrors();
        if (!replace && !sent.IsSent(nameof(sent.Project)))
            return errors;
        var project = sent.Project is null ? null : await sent.Project.FindAsync(connection, cancellationToken);
        // One that was deleted takes no more items, but whoever sends back what they read has changed nothing.
        if (sent.Project is not null && project is null && !(record.ProjectId is { } own && sent.Project.Code is null && sent.Project.Id == own))
            errors.Add("project", "project_unknown");
        else
            record.MoveTo(sent.Project is null ? null : project ?? record.ProjectId);
        return errors;
    }

    public override NomenklaturaItem Read(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetInt64(0),
        Code1c = reader.GetString(1),
        Name = reader.GetString(2),
        Title = reader.TextOrNull(9),
        Project = reader.IsDBNull(10) ? null : reader.GetInt64(10),
        ProjectCode1c = reader.TextOrNull(11),
        Description = reader.TextOrNull(3),
        IsActive = reader.GetBoolean(4),
        IsDeleted = reader.GetBoolean(5),
        CreatedAt = reader.GetFieldValue<DateTimeOffset>(6),
        UpdatedAt = reader.GetFieldValue<DateTimeOffset>(7),
        Version = reader.GetInt64(8),
    };
}
