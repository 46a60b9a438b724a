using Maydon.Shop.Demo.Pictures;
using static Maydon.Shop.Demo.DemoChoice;

namespace Maydon.Shop.Demo;

internal static partial class DemoShelf
{
    private static readonly DemoProduct[] s_electronics =
    [
        new("phones", Motif.Phone, 0x3D5A98, "iPhone 15", 11_490_000,
            "6,1 dyuymli OLED ekran, 48 megapikselli kamera, USB-C.\nIMEI roʻyxatdan oʻtgan, bir yil kafolat.",
            Colours("Qora", "Koʻk", "Pushti"), Memories(("128 GB", 0), ("256 GB", 1_500_000))),
        new("phones", Motif.Phone, 0x6B705C, "iPhone 15 Pro", 14_990_000,
            "Titan korpus, A17 Pro protsessori, uch karra optik yaqinlashtirish.\nRasmiy kafolat bilan.",
            Colours("Tabiiy titan", "Qora titan"), Memories(("128 GB", 0), ("256 GB", 1_700_000), ("512 GB", 4_200_000))),
        new("phones", Motif.Phone, 0x5E548E, "Samsung Galaxy S24", 9_790_000,
            "Смартфон с экраном 6,2″ 120 Гц и тройной камерой. Семь лет обновлений.\nСерый и чёрный — в наличии на складе в Ташкенте.",
            Colours("Qora", "Kulrang"), Memories(("128 GB", 0), ("256 GB", 900_000))),
        new("phones", Motif.Phone, 0x277DA1, "Samsung Galaxy A55 5G", 4_890_000,
            "Экран Super AMOLED 6,6″, батарея 5000 мА·ч, защита IP67.",
            Colours("Koʻk", "Qora", "Binafsha"), Memories(("128 GB", 0), ("256 GB", 500_000))),
        new("phones", Motif.Phone, 0x43AA8B, "Xiaomi Redmi Note 13", 2_690_000,
            "108 Mp kamera, 120 Hz AMOLED ekran, 33 W tez quvvatlash. Qutida quvvatlagich va gʻilof bor.",
            Colours("Qora", "Yashil", "Moviy"), Memories(("128 GB", 0), ("256 GB", 400_000))),
        new("phones", Motif.Phone, 0x577590, "Смартфон Honor X8b", 2_990_000,
            "Тонкий и лёгкий: 166 г. Экран AMOLED 6,7″, 8 ГБ оперативной памяти.", Colours("Qora", "Kumush")),
        new("phones", Motif.Phone, 0xB56576, "Nokia 105 tugmali telefon", 249_000,
            "Ota-onangiz uchun: katta tugmalar, fonar, batareyasi bir haftaga yetadi. Ikki SIM-karta.", Colours("Qora", "Koʻk")),

        new("sound", Motif.Headphones, 0x8D99AE, "AirPods Pro 2 (USB-C)", 2_990_000,
            "Faol shovqin bostirish, shaffoflik rejimi, 6 soat tinglash."),
        new("sound", Motif.Headphones, 0x4D908E, "Samsung Galaxy Buds FE", 990_000,
            "Компактные наушники с активным шумоподавлением. До 30 часов с кейсом.", Colours("Oq", "Grafit")),
        new("sound", Motif.Headphones, 0x3A86FF, "Беспроводные наушники JBL Tune 520BT", 649_000,
            "Накладные, складываются, до 57 часов работы. Подключаются к двум устройствам сразу.", Colours("Qora", "Koʻk", "Oq")),
        new("sound", Motif.Headphones, 0xE07A5F, "Sony WH-CH520", 749_000,
            "On-ear wireless headphones, 50 hours per charge, clear calls. Light enough to forget.", Colours("Qora", "Oq", "Jigarrang")),
        new("sound", Motif.Headphones, 0xBC4749, "Xiaomi In-Ear Basic simli quloqchin", 79_000,
            "3,5 mm razyom, mikrofonli pult, uch xil oʻlchamdagi yumshoq uchlik.", Colours("Qora", "Kumush")),

        new("watches", Motif.Watch, 0xF4A261, "Apple Watch SE", 3_690_000,
            "Yurak urishi, uyqu va mashgʻulotlarni kuzatadi, suvga chidamli.", Colours("Yulduzli oq", "Tungi qora"), Sizes(("40 mm", 0), ("44 mm", 400_000))),
        new("watches", Motif.Watch, 0x2A9D8F, "Xiaomi Smart Band 8", 429_000,
            "AMOLED ekran, 150 xil mashgʻulot, 16 kungacha ishlaydi.", Colours("Qora", "Oltin", "Yashil")),
        new("watches", Motif.Watch, 0xE76F51, "Умные часы Amazfit Bip 5", 949_000,
            "Большой экран 1,91″, встроенный GPS, звонки с запястья, 10 дней без зарядки.", Colours("Qora", "Pushti", "Bej")),
        new("watches", Motif.Watch, 0x6D6875, "Samsung Galaxy Watch6", 2_490_000,
            "Body composition, sleep coaching and a sapphire crystal display.", Sizes(("40 mm", 0), ("44 mm", 350_000))),

        new("chargers", Motif.Charger, 0x457B9D, "Quvvatlagich USB-C 20 W", 189_000, "iPhone va Android uchun tez quvvatlash. Qizib ketishdan himoyalangan."),
        new("chargers", Motif.Charger, 0x9A8C98, "Кабель USB-C — Lightning", 99_000, "Оплётка из нейлона, выдерживает 10 000 сгибов.", Sizes(("1 m", 0), ("2 m", 40_000))),
        new("chargers", Motif.Charger, 0x588157, "Power bank 10 000 mA·h", 239_000, "Ikki qurilmani birga quvvatlaydi, samolyotga olish mumkin.", Colours("Qora", "Oq")),
        new("chargers", Motif.Charger, 0x264653, "Сетевой адаптер GaN 65 Вт", 379_000, "Три порта: ноутбук, телефон и наушники — от одной розетки."),
        new("chargers", Motif.Charger, 0xC1666B, "Avtomobil quvvatlagichi 38 W", 119_000, "USB-A va USB-C, Cobalt va Gentra uyachasiga mos."),

        new("cases", Motif.PhoneCase, 0xD1495B, "iPhone 15 uchun silikon gʻilof", 149_000, "Yumshoq ichki qoplama, tugmalar yopiq, MagSafe bilan ishlaydi.", Colours("Qora", "Qizil", "Koʻk", "Pushti")),
        new("cases", Motif.PhoneCase, 0x774936, "Чехол-книжка для Galaxy A55", 129_000, "Экокожа, магнитная застёжка, карман для карты.", Colours("Qora", "Jigarrang", "Koʻk")),
        new("cases", Motif.PhoneCase, 0x8ECAE6, "iPhone 15 uchun himoya oynasi", 59_000, "9H qattiqlik, chetlari qayrilgan. Yopishtirib beramiz."),
        new("cases", Motif.PhoneCase, 0x90BE6D, "Прозрачный чехол Redmi Note 13", 49_000, "Не желтеет, усиленные углы."),
        new("cases", Motif.PhoneCase, 0x9C6644, "MagSafe charm gʻilof iPhone 15 Pro", 349_000, "Tabiiy charm, vaqt oʻtgan sari chiroyli tus oladi.", Colours("Qora", "Jigarrang", "Yashil")),
    ];
}
