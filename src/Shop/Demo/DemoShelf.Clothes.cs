using Maydon.Shop.Demo.Pictures;
using static Maydon.Shop.Demo.DemoChoice;

namespace Maydon.Shop.Demo;

internal static partial class DemoShelf
{
    private static readonly DemoProduct[] s_clothes =
    [
        new("men", Motif.Shirt, 0x2D6A4F, "Paxta futbolka", 89_000,
            "100% oʻzbek paxtasi, 180 g/m². Yuvganda choʻzilmaydi va rangi ketmaydi.\nFargʻonada tikilgan.",
            Colours("Oq", "Qora", "Yashil", "Koʻk"), Sizes("S", "M", "L", "XL")),
        new("men", Motif.Shirt, 0x7A9CC6, "Мужская рубашка из хлопка", 219_000,
            "Прямой крой, мягкий воротник. Не требует тщательной глажки.", Colours("Oq", "Moviy"), Sizes("M", "L", "XL", "XXL")),
        new("men", Motif.Shirt, 0x5C677D, "Issiq xudi", 289_000, "Ichi yumshoq, choʻntagi keng, ipi pishiq.", Colours("Qora", "Kulrang"), Sizes("M", "L", "XL")),
        new("men", Motif.Shirt, 0x33658A, "Джинсовая куртка", 459_000, "Плотный деним, медные пуговицы. Классика, которая служит годами.", Sizes("M", "L", "XL", "XXL")),
        new("men", Motif.Cap, 0x3A5A40, "Чуст дўпписи", 129_000, "Қўлда тикилган, тўрт қалампир нусхаси. Чуст усталари иши.", Sizes("56", "58", "60")),

        new("women", Motif.Dress, 0x9D4EDD, "Atlas koʻylak", 489_000,
            "Margʻilon atlasi, qoʻlda toʻqilgan. Har biri bir nusxada: gul boshqasiga oʻxshamaydi.", Colours("Qizil", "Binafsha", "Yashil"), Sizes("S", "M", "L")),
        new("women", Motif.Ikat, 0xC9184A, "Шёлковый платок ручной росписи", 249_000, "90 × 90 см, натуральный шёлк, край обработан вручную.", Colours("Qizil", "Koʻk", "Sariq", "Yashil")),
        new("women", Motif.Dress, 0xB08968, "Трикотажный костюм", 549_000, "Кофта и брюки из мягкого трикотажа. Для дома и прогулок.", Colours("Bej", "Kulrang"), Sizes("S", "M", "L")),
        new("women", Motif.Dress, 0x0077B6, "Adras kamzul", 629_000, "Milliy adrasdan zamonaviy bichimda, astarli.", Sizes("S", "M", "L")),
        new("women", Motif.Shirt, 0xE5989B, "Yengil kardigan", 319_000, "Bahor va kuz oqshomlari uchun. Paxta va viskoza.", Colours("Oq", "Pushti", "Qora")),

        new("children", Motif.Shirt, 0xF9844A, "Bolalar futbolkasi «Humo»", 69_000, "Yumshoq paxta, boʻyogʻi zararsiz.", Colours("Sariq", "Moviy", "Oq"), Sizes("104", "116", "128")),
        new("children", Motif.Dress, 0x48BFE3, "Детский комбинезон на весну", 259_000, "Ветро- и водозащита, светоотражающие полосы.", Sizes("80", "86", "92")),
        new("children", Motif.Cap, 0xFFB703, "Bolalar panamasi", 59_000, "Quyoshdan yuz va boʻyinni toʻsadi, mashinada yuviladi.", Colours("Oq", "Koʻk")),
    ];
}
