using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace Maydon.Shop.Catalogue.Texts;

/// <summary>
/// Names as the words of an address: <c>a-z</c>, <c>0-9</c> and hyphens. Cyrillic is read as Uzbek where a letter is there that only Uzbek has, else as
/// Russian: no more can be known of a few words.
/// </summary>
internal static class Transliteration
{
    private static readonly SearchValues<char> s_uzbekOnly = SearchValues.Create("ўқғҳЎҚҒҲ");

    // Every sign that people type for the one in oʻ and gʻ, and for the tutuq belgisi: none of them separates two words.
    private static readonly SearchValues<char> s_apostrophes = SearchValues.Create("'`´ʹʻʼ‘’ъьЪЬ");

    private static readonly FrozenDictionary<char, string> s_letters = new Dictionary<char, string>
    {
        ['а'] = "a", ['б'] = "b", ['в'] = "v", ['г'] = "g", ['д'] = "d", ['е'] = "e", ['ё'] = "yo", ['ж'] = "zh", ['з'] = "z", ['и'] = "i", ['й'] = "y",
        ['к'] = "k", ['л'] = "l", ['м'] = "m", ['н'] = "n", ['о'] = "o", ['п'] = "p", ['р'] = "r", ['с'] = "s", ['т'] = "t", ['у'] = "u", ['ф'] = "f",
        ['х'] = "h", ['ц'] = "ts", ['ч'] = "ch", ['ш'] = "sh", ['щ'] = "shch", ['ы'] = "y", ['э'] = "e", ['ю'] = "yu", ['я'] = "ya",
        ['ў'] = "o", ['қ'] = "q", ['ғ'] = "g", ['ҳ'] = "h", ['ә'] = "a", ['ө'] = "o", ['ү'] = "u", ['ң'] = "n", ['і'] = "i", ['ї'] = "i", ['є'] = "e", ['ґ'] = "g",
        ['à'] = "a", ['á'] = "a", ['â'] = "a", ['ã'] = "a", ['ä'] = "a", ['å'] = "a", ['æ'] = "ae", ['ç'] = "c", ['è'] = "e", ['é'] = "e", ['ê'] = "e", ['ë'] = "e",
        ['ì'] = "i", ['í'] = "i", ['î'] = "i", ['ï'] = "i", ['ı'] = "i", ['ñ'] = "n", ['ń'] = "n", ['ò'] = "o", ['ó'] = "o", ['ô'] = "o", ['õ'] = "o", ['ö'] = "o", ['ø'] = "o",
        ['ù'] = "u", ['ú'] = "u", ['û'] = "u", ['ü'] = "u", ['ý'] = "y", ['ÿ'] = "y", ['ğ'] = "g", ['ǵ'] = "g", ['ş'] = "sh", ['ș'] = "sh", ['š'] = "sh", ['ž'] = "zh", ['č'] = "ch",
        ['ć'] = "c", ['ś'] = "s", ['ź'] = "z", ['ż'] = "z", ['ł'] = "l", ['ß'] = "ss",
    }.ToFrozenDictionary();

    /// <summary>Empty when nothing of the name can be said in these letters.</summary>
    public static string ToSlug(string name, int longest)
    {
        var isUzbek = name.AsSpan().ContainsAny(s_uzbekOnly);
        var slug = new StringBuilder(name.Length + 8);
        foreach (var original in name)
        {
            var letter = char.ToLowerInvariant(original);
            if (char.IsAsciiLetterOrDigit(letter))
                slug.Append(letter);
            else if (Spell(letter, isUzbek) is { } spelt)
                slug.Append(spelt);
            else if (!s_apostrophes.Contains(letter) && slug.Length > 0 && slug[^1] != '-')
                slug.Append('-');
            if (slug.Length >= longest)
                break;
        }

        return slug.ToString(0, Math.Min(slug.Length, longest)).Trim('-');
    }

    private static string? Spell(char letter, bool isUzbek) => (letter, isUzbek) switch
    {
        ('ж', true) => "j",
        ('х', true) => "x",
        _ => s_letters.GetValueOrDefault(letter),
    };
}
