using System.Collections;
using Maydon.Kernel.Operations;
using Maydon.Kernel.Settings;

namespace Maydon.Running;

internal static class HostSettings
{
    /// <summary>The settings of this process; every fault is a sentence of the exception, each on a line.</summary>
    public static MaydonSettings Load()
    {
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");
        var result = SettingsReader.Read(environment, Environment.CurrentDirectory, Composition.Optional);
        foreach (var warning in result.Warnings)
            Console.Error.WriteLine(warning);
        return result.Settings ?? throw new OperatorException(string.Join('\n', result.Faults));
    }
}
