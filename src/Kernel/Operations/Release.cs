using System.Reflection;

namespace Maydon.Kernel.Operations;

public static class Release
{
    /// <summary>As in the project files, without the commit that the SDK appends.</summary>
    public static string Version { get; } =
        (typeof(Release).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+')[0];
}
