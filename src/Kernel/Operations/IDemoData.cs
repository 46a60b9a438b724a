namespace Maydon.Kernel.Operations;

/// <summary>
/// Believable data of one module for trying the server out, registered by the module (<c>services.AddScoped&lt;IDemoData, …&gt;()</c>)
/// and loaded in the order of the modules, each in a scope of its own: <c>identity</c>'s people are there before <c>events</c>' events.
/// </summary>
public interface IDemoData
{
    /// <summary>
    /// Loads it and returns lines for the operator (what was made, with which account to try it), none when it was there already:
    /// repeating changes nothing.
    /// </summary>
    Task<IReadOnlyList<string>> LoadAsync(CancellationToken cancellationToken);
}
