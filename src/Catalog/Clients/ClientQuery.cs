using System.ComponentModel;
using Maydon.Catalog.Reading;
using Maydon.Catalog.Records;
using Microsoft.AspNetCore.Mvc;

namespace Maydon.Catalog.Clients;

/// <summary>What the list of clients can be asked for.</summary>
public sealed class ClientQuery : RecordQuery
{
    [FromQuery(Name = "client_code_1c"), Description("The whole code, letter case included.")]
    public string? ClientCode1c { get; set; }

    [FromQuery(Name = "email"), Description("The whole address, in any letter case.")]
    public string? Email { get; set; }

    [FromQuery(Name = "phone"), Description("The whole number, as it is kept.")]
    public string? Phone { get; set; }

    internal override void AddOwn(RecordFilter filter)
    {
        filter.EqualCode(ClientCode1c);
        filter.EqualText("t.email", Email);
        filter.Equal("t.phone", Phone, isIndexed: true);
    }
}
