using Maydon.Kernel.Http;

namespace Maydon.Catalog.Records;

/// <summary>
/// Of which lists the caller may know all there is, what is inactive and what is past too. To whoever is signed in the open ones are; an API key opens no more than
/// its scope says, so it needs the right to view of each.
/// </summary>
internal sealed class VisibleLists(IEnumerable<CatalogList> lists, CurrentUser user)
{
    public string[] Names { get; } = [.. lists.Where(list => MayView(list, user)).Select(list => list.Name)];

    /// <summary>Of whose imports they may know: whoever may change a list without viewing it still learns what became of the file.</summary>
    public string[] NamesForImports { get; } = [.. lists.Where(list => MayView(list, user) || user.May(list.Right("change"))).Select(list => list.Name)];

    private static bool MayView(CatalogList list, CurrentUser user) => (list.IsOpen && !user.HasApiKey) || user.May(list.Right("view"));
}
