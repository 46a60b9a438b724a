namespace Maydon.Shop.Browsing.Searching;

/// <summary>How far two words are apart: letters too few, too many or wrong, and neighbours that have changed places, which is one slip and not two.</summary>
internal static class SlipOfTheHand
{
    public const int ShortestCorrected = 4;
    public const int LongestCorrected = 32;

    private const int LongEnoughForTwo = 8;

    /// <summary>In short words a second slip makes another word.</summary>
    public static int Forgiven(string word) => IsLong(word) ? 2 : 1;

    public static bool IsLong(string word) => word.Length >= LongEnoughForTwo;

    /// <summary>The optimal string alignment distance.</summary>
    public static int Count(string first, string second)
    {
        var distances = new int[first.Length + 1, second.Length + 1];
        for (var i = 0; i <= first.Length; i++)
            distances[i, 0] = i;
        for (var j = 0; j <= second.Length; j++)
            distances[0, j] = j;
        for (var i = 1; i <= first.Length; i++)
        {
            for (var j = 1; j <= second.Length; j++)
            {
                var wrong = distances[i - 1, j - 1] + (first[i - 1] == second[j - 1] ? 0 : 1);
                var best = Math.Min(wrong, Math.Min(distances[i - 1, j], distances[i, j - 1]) + 1);
                if (i > 1 && j > 1 && first[i - 1] == second[j - 2] && first[i - 2] == second[j - 1])
                    best = Math.Min(best, distances[i - 2, j - 2] + 1);
                distances[i, j] = best;
            }
        }

        return distances[first.Length, second.Length];
    }
}
