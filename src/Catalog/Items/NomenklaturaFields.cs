using System.ComponentModel;
using System.Text.Json.Serialization;
using Maydon.Catalog.Records;
using Maydon.Kernel.Http;
using Microsoft.Extensions.Validation;

namespace Maydon.Catalog.Items;

/// <summary>What somebody says of an item.</summary>
[ValidatableType]
public sealed class NomenklaturaFields : RecordFields
{
    [JsonPropertyName("code_1c"), MaxLine(255), Description("Any characters; it never changes. Ignored but in a creation.")]
    public string? Code1c { get; set => field = Sent(value); }

    [MaxLine(255)]
    public override string? Name { get; set => field = Sent(value); }

    [MaxLine(255)]
    public string? Title { get; set => field = Sent(value); }

    [Description("The code of the project it belongs to; its id, as a number, is read too.")]
    public ProjectKey? Project { get; set => field = Sent(value); }

    /// <summary>Under the name by which answers and files call it. <see cref="Project"/>, where both are sent, is what counts.</summary>
    [JsonPropertyName("project_code_1c"), MaxLine(255), Description("The code of the project it belongs to, as answers show it; `project` goes before it.")]
    public string? ProjectCode1c
    {
        get => Project?.Code;
        set
        {
            if (!IsSent(nameof(Project)))
                Project = value is null ? null : ProjectKey.OfText(value);
        }
    }

    internal override string? Code => Code1c;
}
