using System.Xml.Linq;
using Maydon.Tests.Support;

namespace Maydon.Tests.Architecture;

/// <summary>Who may use whom.</summary>
public sealed class ProjectTest
{
    private static readonly Dictionary<string, string[]> s_mayUse = new()
    {
        ["Kernel"] = [],
        ["Inventory"] = ["Kernel"],
        ["Identity"] = ["Kernel"],
        ["Catalog"] = ["Kernel"],
        ["Events"] = ["Kernel", "Inventory"],
        ["Shop"] = ["Kernel", "Inventory"],
        ["Clinic"] = ["Kernel", "Inventory"],
        ["Admin"] = ["Kernel"],
        ["Maydon"] = ["Kernel", "Inventory", "Identity", "Catalog", "Events", "Shop", "Clinic", "Admin"],
    };

    [Fact]
    public void Every_project_on_disk_has_its_place_in_the_table() =>
        Fault.None(Repository.Projects.Select(project => project.Name).Except(s_mayUse.Keys));

    [Fact]
    public void Every_project_on_disk_is_part_of_the_solution()
    {
        var built = XDocument.Load(Path.Combine(Repository.Root, "Maydon.slnx")).Descendants("Project").Select(project => project.Attribute("Path")!.Value);
        var onDisk = Repository.Files("src", ".csproj").Concat(Repository.Files("tests", ".csproj"));
        Fault.None(onDisk.Except(built));
    }

    [Fact]
    public void A_project_refers_only_to_those_it_may_use() =>
        Fault.None(Repository.Projects.SelectMany(project => project.References.Except(s_mayUse[project.Name]).Select(other => $"{project} → {other}")));

    [Fact]
    public void An_assembly_uses_only_those_it_may_use()
    {
        var names = Repository.Projects.ToDictionary(project => project.Assembly.GetName().Name!, project => project.Name);
        Fault.None(
            from project in Repository.Projects
            from reference in project.Assembly.GetReferencedAssemblies()
            where names.ContainsKey(reference.Name!) && !s_mayUse[project.Name].Contains(names[reference.Name!])
            select $"{project} → {names[reference.Name!]}");
    }

    [Fact]
    public void The_inventory_speaks_no_http() =>
        Fault.None(Repository.Projects.Single(project => project.Name == "Inventory").Assembly.GetReferencedAssemblies().Select(reference => reference.Name!)
            .Where(name => name.StartsWith("Microsoft.AspNetCore.Http", StringComparison.Ordinal) || name.StartsWith("Microsoft.AspNetCore.Routing", StringComparison.Ordinal)));
}
