using Maydon.Kernel.Http;
using Maydon.Shop.Browsing.Categories;
using Npgsql;

namespace Maydon.Shop.Browsing.Searching;

/// <summary>
/// Makes out what somebody meant by what they wrote. A word is looked for as it stands and as the beginning of another; one that no product
/// and no category has is taken for the words it is a slip of the hand away from.
/// </summary>
internal sealed class SearchReader(NpgsqlConnection connection, CategoryMap tree)
{
    private const int LongestPiece = 200;
    private const int MostWords = 32;
    private const int ShortestSku = 3;
    private const int MostCorrections = 5;

    // Looked up whether anything has them, of all that are about as near.
    private const int MostCandidates = 20;

    public async Task<SoughtProducts> ReadAsync(string text, CancellationToken cancellationToken)
    {
        var pieces = await FoldAsync(SearchWords.Split(text), cancellationToken);
        if (pieces.Count == 0)
            return SoughtProducts.Nothing;
        var skus = await FindSkusAsync(pieces, cancellationToken);
        var others = pieces.Where(piece => !skus.Contains(Bare(piece))).ToList();
        var meant = await CorrectAsync([.. others.SelectMany(words => words).Where(MayBeWrong).Distinct()], cancellationToken);
        var whole = string.Concat(pieces.SelectMany(words => words));
        string[] named = [.. others.SelectMany(words => words).SelectMany(word => meant.GetValueOrDefault(word, [word])).Distinct()];
        return new SoughtProducts(
            [.. others.Select(words => ToPiece(words, meant))],
            [.. skus],
            pieces.Count == others.Count && whole.Length >= ShortestSku ? whole : null,
            named.Length == 0 ? null : new SoughtNames(string.Join(" | ", named.Select(word => $"'{word}'")), string.Join(" | ", named.Select(Begins))));
    }

    /// <summary>The words of each piece, as products' words are kept; a piece that is all signs is none.</summary>
    private async Task<List<string[]>> FoldAsync(IReadOnlyList<string> pieces, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            select regexp_replace(shop.words(piece), '([^ ]{64})[^ ]+', '\1', 'g') from unnest($1) with ordinality pieces (piece, place) order by place
            """, connection);
        command.Parameters.Add(new() { Value = pieces.Select(Cut).ToArray() });
        var folded = new List<string[]>();
        var left = MostWords;
        foreach (var words in await ReadTextsAsync(command, cancellationToken))
        {
            string[] taken = [.. words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(left)];
            left -= taken.Length;
            if (taken.Length > 0)
                folded.Add(taken);
        }

        return folded;
    }

    private static string Cut(string piece) =>
        piece.Length <= LongestPiece ? piece : piece[..(char.IsHighSurrogate(piece[LongestPiece - 1]) ? LongestPiece - 1 : LongestPiece)];

    /// <summary>Those pieces that are SKUs of something shown. A word without a digit is taken for a word.</summary>
    private async Task<HashSet<string>> FindSkusAsync(List<string[]> pieces, CancellationToken cancellationToken)
    {
        string[] candidates = [.. pieces.Select(Bare).Where(LooksLikeSku).Distinct()];
        if (candidates.Length == 0)
            return [];
        await using var command = new NpgsqlCommand("""
            select bare from unnest($1) bare
            where exists (
                select from shop.variants v join shop.listings l on l.product_id = v.product_id and l.is_active
                where v.is_active and v.deleted_at is null and shop.bare(v.sku) collate "C" = bare)
            """, connection);
        command.Parameters.Add(new() { Value = candidates });
        return [.. await ReadTextsAsync(command, cancellationToken)];
    }

    /// <summary>What those words are taken for that nothing has.</summary>
    private async Task<Dictionary<string, IReadOnlyList<string>>> CorrectAsync(string[] words, CancellationToken cancellationToken)
    {
        var meant = new Dictionary<string, IReadOnlyList<string>>();
        string[] suspects = [.. words.Where(word => !InCategory(word))];
        if (suspects.Length == 0)
            return meant;
        var known = await FindUsedAsync(suspects, "':*'", cancellationToken);
        string[] unknown = [.. suspects.Where(word => !known.Contains(word))];
        if (unknown.Length == 0)
            return meant;
        var candidates = await FindNearAsync(unknown, cancellationToken);
        var used = await FindUsedAsync([.. candidates.Values.SelectMany(near => near).Distinct()], "''", cancellationToken);
        foreach (var (word, near) in candidates)
        {
            var alive = near.Where(candidate => used.Contains(candidate) || InCategory(candidate)).ToList();
            var nearest = alive.Select(candidate => SlipOfTheHand.Count(word, candidate)).DefaultIfEmpty().Min();
            if (alive.Count > 0)
                meant.Add(word, [.. alive.Where(candidate => SlipOfTheHand.Count(word, candidate) == nearest).Take(MostCorrections)]);
        }

        return meant;
    }

    /// <summary>Those words that some product which is shown has.</summary>
    /// <param name="end">What makes a lexeme of the query: itself, or whatever begins with it.</param>
    private async Task<HashSet<string>> FindUsedAsync(string[] words, string end, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"""
            select word from unnest($1) word
            where exists (
                select from shop.product_words w join shop.listings l on l.product_id = w.product_id and l.is_active where w.document @@ (quote_literal(word) || {end})::tsquery)
            """, connection);
        command.Parameters.Add(new() { Value = words });
        return [.. await ReadTextsAsync(command, cancellationToken)];
    }

    /// <summary>For each word those of the vocabulary that are near enough, the nearest first.</summary>
    private async Task<Dictionary<string, List<string>>> FindNearAsync(string[] words, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            select sought.word || ' ' || near.word
            from unnest($1) sought (word), lateral (select v.word from shop.vocabulary v where shop.traces(v.word) && shop.traces(sought.word)) near
            union
            select sought.word || ' ' || near.word
            from unnest($2) sought (word), lateral (
                select v.word from shop.vocabulary v
                where "left"(v.word, 1) = "left"(sought.word, 1) and char_length(v.word) between char_length(sought.word) - 2 and char_length(sought.word) + 2
                limit 20000) near
            """, connection);
        command.Parameters.Add(new() { Value = words });
        command.Parameters.Add(new() { Value = words.Where(SlipOfTheHand.IsLong).ToArray() });
        return (await ReadTextsAsync(command, cancellationToken))
            .Select(pair => pair.Split(' '))
            .Select(pair => (Word: pair[0], Near: pair[1], Slips: SlipOfTheHand.Count(pair[0], pair[1])))
            .Where(pair => pair.Slips <= SlipOfTheHand.Forgiven(pair.Word))
            .GroupBy(pair => pair.Word)
            .ToDictionary(
                pairs => pairs.Key,
                // The first letter is rarely the wrong one.
                pairs => pairs.OrderBy(pair => pair.Slips).ThenBy(pair => pair.Near[0] != pair.Word[0]).ThenBy(pair => pair.Near, StringComparer.Ordinal).Select(pair => pair.Near).Take(MostCandidates).ToList());
    }

    private SoughtPiece ToPiece(string[] words, Dictionary<string, IReadOnlyList<string>> meant)
    {
        var query = string.Join(" & ", words.Select(word => Any(meant.GetValueOrDefault(word, [word]))));
        var categories = tree.InOrder.Where(node => Array.TrueForAll(words, word => meant.GetValueOrDefault(word, [word]).Any(each => Has(node, each))));
        return new SoughtPiece(query, [.. categories.SelectMany(node => node.WithDescendants()).Select(node => node.Id).Distinct()], LooksLikeSku(Bare(words)) ? Bare(words) : null);
    }

    private static string Any(IReadOnlyList<string> words) => $"({string.Join(" | ", words.Select(Query))})";

    /// <summary>What mixes digits and letters may be written in its parts (256 GB).</summary>
    private static string Query(string word) =>
        Parts(word).Take(2).Count() == 1 ? Begins(word) : $"{Begins(word)} | ({string.Join(" & ", Parts(word).Select(part => $"'{part}'"))})";

    private static IEnumerable<string> Parts(string word)
    {
        var start = 0;
        for (var i = 1; i <= word.Length; i++)
        {
            if (i < word.Length && char.IsAsciiDigit(word[i]) == char.IsAsciiDigit(word[i - 1]))
                continue;
            yield return word[start..i];
            start = i;
        }
    }

    /// <summary>One letter begins half of all words: by itself it is a word.</summary>
    private static string Begins(string word) => word.Length == 1 ? $"'{word}'" : $"'{word}':*";

    private bool InCategory(string word) => tree.InOrder.Any(node => Has(node, word));

    private static bool Has(CategoryNode node, string word) =>
        node.IsShown && node.Words.Any(own => word.Length == 1 ? own == word : own.StartsWith(word, StringComparison.Ordinal));

    private static bool MayBeWrong(string word) => word.Length is >= SlipOfTheHand.ShortestCorrected and <= SlipOfTheHand.LongestCorrected && word.All(char.IsLetter);

    private static bool LooksLikeSku(string bare) => bare.Length >= ShortestSku && bare.Any(char.IsAsciiDigit);

    private static string Bare(string[] words) => string.Concat(words);

    private static async Task<List<string>> ReadTextsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var texts = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            texts.Add(reader.GetString(0));
        return texts;
    }
}
