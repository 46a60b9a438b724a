namespace Maydon.Kernel.Operations;

/// <summary>What the accounts of the demo are known by: addresses under a name that is reserved for examples and never anybody's.</summary>
public static class DemoAddress
{
    public const string Ending = "@demo.example";

    public static bool Is(string address) => address.EndsWith(Ending, StringComparison.OrdinalIgnoreCase);
}
