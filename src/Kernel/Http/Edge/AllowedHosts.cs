namespace Maydon.Kernel.Http.Edge;

/// <summary><c>ALLOWED_HOSTS</c>: exact names, <c>.example.org</c> or <c>*.example.org</c> for a domain with all below it, <c>*</c> for any.</summary>
internal sealed class AllowedHosts(IReadOnlyList<string> names)
{
    private readonly bool _any = names.Contains("*");
    private readonly HashSet<string> _exact = new(names.Select(name => name.TrimStart('*').TrimStart('.')), StringComparer.OrdinalIgnoreCase);
    private readonly string[] _below = [.. names.Select(name => name.TrimStart('*')).Where(name => name.StartsWith('.'))];

    public bool Contain(string host)
    {
        if (_any)
            return true;
        var name = host.EndsWith('.') ? host[..^1] : host;
        return _exact.Contains(name) || _below.Any(domain => name.EndsWith(domain, StringComparison.OrdinalIgnoreCase));
    }
}
