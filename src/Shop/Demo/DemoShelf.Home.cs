using Maydon.Shop.Demo.Pictures;
using static Maydon.Shop.Demo.DemoChoice;

namespace Maydon.Shop.Demo;

internal static partial class DemoShelf
{
    private static readonly DemoProduct[] s_home =
    [
        new("tea", Motif.Teapot, 0x6A994E, "Koʻk choy 95", 28_000, "Toshkentning eng sevimli choyi: yengil, xushboʻy, chanqoqni bosadi.", Sizes(("100 g", 0), ("250 g", 34_000), ("500 g", 84_000))),
        new("tea", Motif.Teapot, 0x9C3D12, "Қора чой «Цейлон»", 32_000, "Йирик барг, тўқ ранг, сутли чойга ҳам ярашади.", Sizes(("100 г", 0), ("250 г", 40_000), ("500 г", 96_000))),
        new("tea", Motif.Teapot, 0x7F5539, "Чай с чабрецом", 39_000, "Чёрный чай с горным чабрецом из Бостанлыка.", Sizes(("100 г", 0), ("250 г", 49_000))),
        new("tea", Motif.Teapot, 0xE9C46A, "Limonli qora choy, 25 paket", 24_000, "Ishxona uchun qulay: har paket alohida oʻralgan."),
        new("tea", Motif.Teapot, 0x386641, "Gunpowder green tea", 45_000, "Tightly rolled leaves that open slowly. A second and a third pot are as good as the first.", Sizes(("100 g", 0), ("250 g", 58_000))),
        new("tea", Motif.Teapot, 0xA4133C, "Choy sovgʻa toʻplami", 159_000, "Toʻrt xil choy, navvot va kichik choynak. Navroʻz va tugʻilgan kunga."),

        new("sweets", Motif.Jar, 0xF2A900, "Togʻ asali", 95_000, "Chimyon yonbagʻirlaridan, filtrlanmagan, qizdirilmagan.", Sizes(("250 g", 0), ("500 g", 85_000), ("1 kg", 255_000))),
        new("sweets", Motif.Jar, 0xF3722C, "Quritilgan oʻrik", 38_000, "Quyoshda qurigan, shakarsiz. Isfara bogʻlaridan.", Sizes(("250 g", 0), ("500 g", 34_000))),
        new("sweets", Motif.Jar, 0xA98467, "Yongʻoq magʻzi", 54_000, "Bu yilgi hosil, butun magʻiz.", Sizes(("250 g", 0), ("500 g", 50_000))),
        new("sweets", Motif.Jar, 0xDDA15E, "Халва самаркандская", 46_000, "Готовят вручную по старому рецепту, с кунжутом и орехом.", Sizes(("300 г", 0), ("600 г", 42_000))),
        new("sweets", Motif.Jar, 0xE9B872, "Zaʼfaron navvot", 33_000, "Choyga tashlang: sekin eriydi, tomoqqa yaxshi.", Sizes(("250 g", 0), ("500 g", 30_000))),

        new("ceramics", Motif.Teapot, 0x00798C, "Rishton choynagi", 189_000, "Ishqor sirli, qoʻlda chizilgan. 1 litr.", Colours("Koʻk", "Yashil")),
        new("ceramics", Motif.Plate, 0x1D7874, "Piyola toʻplami, 6 dona", 149_000, "Rishton ustalarining anor gulli piyolalari."),
        new("ceramics", Motif.Plate, 0x1B4B8F, "Palov lagani", 219_000, "Chuqur, qalin, issiqni uzoq saqlaydi.", Sizes(("28 cm", 0), ("32 cm", 60_000), ("36 cm", 130_000))),
        new("ceramics", Motif.Plate, 0x2F6690, "Ғиждувон косаси", 79_000, "Ғиждувон кулолчилик мактаби, тўқ сариқ ва яшил нақш.", Colours("Яшил", "Жигарранг")),
        new("ceramics", Motif.Plate, 0x81B29A, "Декоративная тарелка «Самарканд»", 259_000, "Роспись кобальтом, 30 см, с креплением для стены."),

        new("textiles", Motif.Ikat, 0x1B6CA8, "Adras dasturxon", 329_000, "150 × 220 sm, paxta va ipak. Mehmon kutishga.", Colours("Koʻk", "Qizil", "Yashil")),
        new("textiles", Motif.Ikat, 0x8E2C48, "Suzani yostiq jildi", 139_000, "45 × 45 sm, qoʻlda tikilgan kashta.", Colours("Oq", "Qizil", "Qora")),
        new("textiles", Motif.Ikat, 0xAD7A47, "Плед хлопковый", 279_000, "Мягкий, плотный, стирается в машине.", Sizes(("130 × 170 см", 0), ("150 × 200 см", 80_000))),
        new("textiles", Motif.Ikat, 0x6C9A8B, "Cotton towel set", 199_000, "Two hand towels and one bath towel, woven in Bukhara.", Colours("Oq", "Bej")),

        new("stationery", Motif.Book, 0x4361EE, "Bloknot A5, 96 varaq", 35_000, "Qattiq muqova, nuqtali varaq, xatchoʻpli.", Colours("Qora", "Qizil", "Koʻk")),
        new("stationery", Motif.Book, 0x6F1D1B, "Abdulla Qodiriy. Oʻtkan kunlar", 69_000, "Birinchi oʻzbek romani. Qattiq muqova, 2023-yilgi nashr."),
        new("stationery", Motif.Book, 0x3D405B, "Ежедневник недатированный", 89_000, "Бумага 80 г/м², ляссе, карман на обложке.", Colours("Qora", "Jigarrang")),
        new("stationery", Motif.Book, 0x118AB2, "English for travellers", 59_000, "A phrase book with Uzbek and Russian, small enough for a pocket."),
    ];
}
