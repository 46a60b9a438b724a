using System.ComponentModel;
using System.Text.Json.Serialization;
using Maydon.Catalog.Records;
using Maydon.Kernel.Http;
using Microsoft.Extensions.Validation;

namespace Maydon.Catalog.Clients;

/// <summary>What somebody says of a client.</summary>
[ValidatableType]
public sealed class ClientFields : RecordFields
{
    [JsonPropertyName("client_code_1c"), MaxLine(100), Description("Any characters; it never changes. Ignored but in a creation.")]
    public string? ClientCode1c { get; set => field = Sent(value); }

    [MaxLine(100)]
    public override string? Name { get; set => field = Sent(value); }

    [EmailField, MaxLine(254)]
    public string? Email { get; set => field = Sent(value); }

    [MaxLine(50), Description("As the ERP has it; it is not read.")]
    public string? Phone { get; set => field = Sent(value); }

    internal override string? Code => ClientCode1c;
}
