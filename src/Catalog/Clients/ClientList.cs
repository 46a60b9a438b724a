using Maydon.Catalog.Records;
using Npgsql;

namespace Maydon.Catalog.Clients;

internal sealed class ClientList : CatalogList<Client, ClientFields, ClientItem>
{
    public override string Name => "client";
    public override string One => "client";
    public override string Many => "Clients";
    public override string Table => "catalog.clients";
    public override string CodeField => "client_code_1c";
    public override bool IsOpen => false;
    public override string Columns => $"{SharedColumns}, t.email, t.phone";
    public override IReadOnlyDictionary<string, string> Orders { get; }

    public ClientList() => Orders = new Dictionary<string, string>(SharedOrders()) { ["email"] = "catalog.fold(t.email)", ["phone"] = "t.phone collate \"C\"" };

    public override ClientItem Read(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetInt64(0),
        ClientCode1c = reader.GetString(1),
        Name = reader.GetString(2),
        Email = reader.TextOrNull(9),
        Phone = reader.TextOrNull(10),
        Description = reader.TextOrNull(3),
        IsActive = reader.GetBoolean(4),
        IsDeleted = reader.GetBoolean(5),
        CreatedAt = reader.GetFieldValue<DateTimeOffset>(6),
        UpdatedAt = reader.GetFieldValue<DateTimeOffset>(7),
        Version = reader.GetInt64(8),
    };
}
