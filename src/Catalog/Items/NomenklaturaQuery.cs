using System.ComponentModel;
using Maydon.Catalog.Reading;
using Maydon.Catalog.Records;
using Microsoft.AspNetCore.Mvc;

namespace Maydon.Catalog.Items;

/// <summary>What the list of items can be asked for.</summary>
public sealed class NomenklaturaQuery : RecordQuery
{
    [FromQuery(Name = "code_1c"), Description("The whole code, letter case included.")]
    public string? Code1c { get; set; }

    [FromQuery(Name = "title"), Description("The whole title, in any letter case.")]
    public string? Title { get; set; }

    [FromQuery(Name = "project"), Description("The code of a project, or its id where there is no such code.")]
    public string? Project { get; set; }

    [FromQuery(Name = "project_code_1c"), Description("The code of a project.")]
    public string? ProjectCode1c { get; set; }

    internal override void AddOwn(RecordFilter filter)
    {
        filter.EqualCode(Code1c);
        filter.EqualText("t.title", Title);
        filter.InProject(Project);
        filter.InProjectOfCode(ProjectCode1c);
    }
}
