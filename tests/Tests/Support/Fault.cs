namespace Maydon.Tests.Support;

/// <summary>For tests that look through everything there is and say all that is wrong at once, in full.</summary>
public static class Fault
{
    public static void None(IEnumerable<string?> faults)
    {
        var all = faults.ToList();
        if (all.Count > 0)
            Assert.Fail($"{all.Count} found:\n  {string.Join("\n  ", all)}");
    }
}
