namespace Maydon.Shop.Demo;

/// <summary>What people say in the demo's reviews, with the stars they give.</summary>
internal static class DemoOpinions
{
    public static readonly (int Rating, string Comment)[] All =
    [
        (5, "Juda zoʻr, hammaga tavsiya qilaman!"),
        (5, "Отличное качество, привезли на следующий день."),
        (4, "Yaxshi, narxiga arziydi. Qutisi biroz ezilgan ekan."),
        (5, "Exactly as described, packed with care."),
        (5, "Жуда яхши, раҳмат! Яна оламан."),
        (3, "Yomon emas, lekin rangi rasmdagidan sal toʻqroq."),
        (4, "Хорошо, но доставка заняла три дня."),
        (5, ""),
        (4, "Sifati yaxshi, opamga sovgʻa qildim, xursand boʻldi."),
        (2, "Ожидал большего за эту цену."),
        (5, "Ikkinchi marta olyapman, hammasi joyida."),
        (4, "Good value. The instructions are only in Russian, though."),
        (5, "Сотувчи тез жавоб берди, маҳсулот айни ўзи."),
        (1, "Notoʻgʻri oʻlcham keldi, almashtirib berishlarini kutyapman."),
        (4, ""),
        (5, "Для подарка — самое то."),
    ];
}
