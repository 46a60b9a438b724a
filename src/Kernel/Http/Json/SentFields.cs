using System.Runtime.CompilerServices;

namespace Maydon.Kernel.Http;

/// <summary>
/// What somebody says of a thing. A field that is not sent is told from one sent as null: a change leaves the first alone.
/// <code>public string? Name { get; set => field = Sent(value); }</code>
/// </summary>
public abstract class SentFields
{
    private readonly HashSet<string> _sent = new(StringComparer.Ordinal);

    /// <param name="property">By its name in C#.</param>
    public bool IsSent(string property) => _sent.Contains(property);

    protected T Sent<T>(T value, [CallerMemberName] string property = "")
    {
        _sent.Add(property);
        return value;
    }
}
