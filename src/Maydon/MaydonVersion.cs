using System.Reflection;

namespace Maydon;

internal static class MaydonVersion
{
    /// <summary>As in the project files, without the commit that the SDK appends.</summary>
    public static string Current { get; } =
        (typeof(MaydonVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+')[0];
}
