using System.Globalization;

namespace Maydon.Shop.Browsing;

/// <summary>What stands in an address for a product or a category: its id or its slug. An id comes first where it is both.</summary>
internal static class AddressKey
{
    public static long? IdOf(string idOrSlug) => long.TryParse(idOrSlug, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
}
