using Maydon.Catalog.Records;
using Npgsql;

namespace Maydon.Catalog.Projects;

internal sealed class ProjectList : CatalogList<Project, ProjectFields, ProjectItem>
{
    public override string Name => "project";
    public override string One => "project";
    public override string Many => "Projects";
    public override string Table => "catalog.projects";
    public override string CodeField => "code_1c";
    public override string Columns => $"{SharedColumns}, t.title";
    public override IReadOnlyDictionary<string, string> Orders { get; }

    public ProjectList() => Orders = new Dictionary<string, string>(SharedOrders()) { ["title"] = "catalog.fold(t.title)" };

    public override ProjectItem Read(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetInt64(0),
        Code1c = reader.GetString(1),
        Name = reader.GetString(2),
        Title = reader.TextOrNull(9),
        Description = reader.TextOrNull(3),
        IsActive = reader.GetBoolean(4),
        IsDeleted = reader.GetBoolean(5),
        CreatedAt = reader.GetFieldValue<DateTimeOffset>(6),
        UpdatedAt = reader.GetFieldValue<DateTimeOffset>(7),
        Version = reader.GetInt64(8),
    };
}
