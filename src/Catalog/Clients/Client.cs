using Maydon.Catalog.Records;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Maydon.Catalog.Clients;

/// <summary>Who is sold to.</summary>
internal sealed class Client : CatalogRecord<ClientFields>
{
    public string? Email { get; private set; }
    public string? Phone { get; private set; }

    public override void Write(ClientFields sent, bool replace)
    {
        WriteShared(sent, replace);
        if (replace || sent.IsSent(nameof(sent.Email)))
            Email = Line(sent.Email)?.ToLowerInvariant();
        if (replace || sent.IsSent(nameof(sent.Phone)))
            Phone = Line(sent.Phone);
    }
}

internal sealed class ClientMapping : IEntityTypeConfiguration<Client>
{
    public void Configure(EntityTypeBuilder<Client> builder) => builder.MapRecord("clients");
}
