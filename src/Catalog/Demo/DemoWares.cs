using System.Globalization;
using Maydon.Kernel.Operations;

namespace Maydon.Catalog.Demo;

/// <summary>A record of the demo before it is stored.</summary>
internal sealed record DemoRecord(string Code, string Name, string? Title, string? Description, string? Project, string? Email, string? Phone, bool IsActive, DateTimeOffset At);

/// <summary>What a wholesaler of building materials in Tashkent would have in the ERP, as it is written there: in three languages at once.</summary>
internal static class DemoWares
{
    public const int Clients = 200;

    private static readonly (string Code, string Name, string Title)[] s_projects =
    [
        ("ЛОЙ-001", "Qurilish mollari", "Stroy"), ("ЛОЙ-002", "Сантехника", "Santexnika va isitish"), ("ЛОЙ-003", "Elektr jihozlari", "Электрика"),
        ("ЛОЙ-004", "Лакокраска", "Boʻyoq va laklar"), ("ЛОЙ-005", "Asbob-uskunalar", "Tools"), ("ЛОЙ-006", "Крепёж", "Mahkamlagichlar"),
        ("ЛОЙ-007", "Bogʻ va hovli", "Сад и двор"), ("ЛОЙ-008", "Двери и окна", "Eshik va derazalar"), ("ЛОЙ-009", "Isitish tizimlari", "Heating"),
        ("ЛОЙ-010", "Напольные покрытия", "Pol qoplamalari"), ("ЛОЙ-011", "Yoritish", "Освещение"), ("ЛОЙ-012/А", "Кровля (архив)", "Tom yopish"),
    ];

    // What it is, the project it belongs to, and in how many ways there is of it.
    private static readonly (string Name, int Project, string[] Sizes)[] s_wares =
    [
        ("Sement {0}", 0, ["M400, 50 kg", "M500, 50 kg", "M500 D0, 25 kg", "oq, 40 kg", "M400, 1 t"]),
        ("Гипсокартон {0}", 0, ["9,5 мм", "12,5 мм", "12,5 мм влагостойкий", "12,5 мм огнестойкий", "6,5 мм арочный"]),
        ("Gʻisht {0}", 0, ["qizil, M100", "qizil, M125", "sariq, pardozlash uchun", "shamot", "qizil, teshikli"]),
        ("Плитка {0}", 9, ["20×30 белая", "30×60 серая", "60×60 бежевая", "мозаика 30×30", "керамогранит 80×80"]),
        ("Штукатурка {0}", 0, ["гипсовая, 30 кг", "цементная, 25 кг", "фасадная, 25 кг", "декоративная, 15 кг", "финишная, 20 кг"]),
        ("Aralashtirgich {0}", 1, ["oshxona uchun", "vanna uchun", "rakovina uchun", "sensorli", "dush uchun"]),
        ("Труба {0}", 1, ["PPR 20", "PPR 25", "PPR 32", "PPR 40", "PPR 63"]),
        ("Radiator {0}", 8, ["bimetall, 6 seksiya", "bimetall, 8 seksiya", "bimetall, 10 seksiya", "alyumin, 10 seksiya", "panel, 22/500/800"]),
        ("Унитаз {0}", 1, ["компакт", "подвесной", "угловой", "безободковый", "детский"]),
        ("Kabel {0}", 2, ["VVG 2×1,5", "VVG 2×2,5", "VVG 3×2,5", "VVG 3×4", "VVG 5×6"]),
        ("Розетка {0}", 2, ["одинарная", "двойная", "с крышкой IP44", "USB", "телевизионная"]),
        ("LED lamp {0}", 10, ["E27, 9 W", "E27, 12 W", "E14, 6 W", "GU10, 7 W", "T8, 18 W"]),
        ("Avtomat {0}", 2, ["1P C16", "1P C25", "2P C32", "3P C40", "3P C63"]),
        ("Qandil {0}", 10, ["3 lampali", "5 lampali", "8 lampali", "LED halqa", "osma, yogʻoch"]),
        ("Эмаль {0}", 3, ["белая, 0,9 кг", "белая, 2,7 кг", "голубая, 1,9 кг", "зелёная, 1,9 кг", "коричневая, 2,7 кг"]),
        ("Boʻyoq {0}", 3, ["suvli, 5 kg", "suvli, 14 kg", "fasad uchun, 25 kg", "shift uchun, 10 kg", "rezinali, 12 kg"]),
        ("Лак {0}", 3, ["паркетный, 5 л", "мебельный, 1 л", "яхтный, 2,5 л", "битумный, 1 кг", "акриловый, 0,75 л"]),
        ("Drill {0}", 4, ["550 W", "750 W", "cordless 12 V", "cordless 18 V", "cordless 20 V, brushless"]),
        ("Bolgʻa {0}", 4, ["300 g", "500 g", "800 g", "rezina", "1,5 kg kuvalda"]),
        ("Пила {0}", 4, ["ножовка 400 мм", "ножовка 500 мм", "циркулярная 190 мм", "торцовочная 255 мм", "лобзик 650 Вт"]),
        ("Саморез {0}", 5, ["3,5×25", "3,5×35", "4,2×70", "4,2×16 с прессшайбой", "5,5×25 кровельный"]),
        ("Анкер {0}", 5, ["10×100", "12×120", "16×150", "клиновой 10×95", "химический, 300 мл"]),
        ("Mix {0}", 5, ["40 mm", "60 mm", "80 mm", "100 mm", "150 mm"]),
        ("Shlang {0}", 6, ["1/2, 20 m", "1/2, 50 m", "3/4, 25 m", "3/4, 50 m", "tomchilatib, 100 m"]),
        ("Лопата {0}", 6, ["штыковая", "совковая", "снеговая", "сапёрная", "садовая с черенком"]),
        ("Eshik {0}", 7, ["MDF, 80 sm", "MDF, 90 sm", "temir, kirish uchun", "shisha, sirpanma", "eman, 80 sm"]),
        ("Окно {0}", 7, ["ПВХ 120×140", "ПВХ 150×140", "мансардное 78×118", "алюминий 200×150", "глухое 60×60"]),
        ("Laminat {0}", 9, ["32-sinf, eman", "33-sinf, yongʻoq", "33-sinf, kulrang", "34-sinf, oq", "32-sinf, buk"]),
        ("Boiler {0}", 8, ["30 l", "50 l", "80 l", "100 l", "150 l, floor standing"]),
        ("Профнастил {0}", 11, ["С8, 2 м", "С8, 6 м", "С21, 3 м", "НС35, 6 м", "Н60, 6 м"]),
        ("Izolyatsiya {0}", 0, ["paxta 50 mm", "paxta 100 mm", "penoplast 30 mm", "penoplast 50 mm", "folga 5 mm"]),
        ("Кран {0}", 1, ["шаровой 1/2", "шаровой 3/4", "шаровой 1", "садовый 1/2", "американка 3/4"]),
        ("Lenta {0}", 5, ["skotch 48 mm", "malyar 30 mm", "ikki tomonlama", "FUM", "alyumin 50 mm"]),
        ("Светильник {0}", 10, ["точечный", "настенный", "уличный IP65", "линейный 36 Вт", "аварийный"]),
        ("Perforator {0}", 4, ["800 W", "1100 W", "1500 W SDS-max", "cordless 18 V", "650 W"]),
        ("Плинтус {0}", 9, ["ПВХ 55 мм", "ПВХ 70 мм", "МДФ 80 мм", "дуб 60 мм", "алюминий 40 мм"]),
        ("Oʻtxona {0}", 8, ["gaz, 12 kVt", "gaz, 18 kVt", "gaz, 24 kVt", "elektr, 9 kVt", "qattiq yoqilgʻi, 20 kVt"]),
        ("Клей {0}", 0, ["для плитки, 25 кг", "обойный, 300 г", "монтажный, 290 мл", "эпоксидный", "для газоблока, 25 кг"]),
        ("Qulf {0}", 7, ["osma, 50 mm", "osma, 70 mm", "ichki, 3 kalit", "elektron", "derazaga"]),
        ("Насос {0}", 6, ["дренажный 400 Вт", "глубинный 750 Вт", "циркуляционный 25/6", "поверхностный 1 кВт", "фонтанный 60 Вт"]),
    ];

    private static readonly string[] s_packing = ["", "блок", "palet", "упаковка 10 шт.", "quti", "100 dona", "промо", "sample", "2-sort", "оптом"];

    private static readonly string[] s_firmKinds = ["“{0}” MChJ", "ООО «{0}»", "YaTT {0}", "“{0}” doʻkoni", "ЧП «{0}»", "{0} LLC", "“{0}” OK", "ИП {0}"];
    private static readonly string[] s_firmNames =
    [
        "Bahor Qurilish", "Qizil Anor Savdo", "Tong Usta", "Olmazor Bozor", "Сайхун Строй", "Navoiy Usta Markazi", "Chinor Mebel", "Зарафшан Комфорт", "Yangi Hovli", "Silk Road Supply",
        "Oq Tepa Gʻisht", "Мастер на Чиланзаре", "Barqaror Uy", "Registon Taʼmir", "Юнусабад Сервис", "Fergʻona Bogʻ", "Good Roof", "Bunyodkor Plus", "Ишонч Ремонт", "Kamalak Boʻyoq",
        "Toʻrtkoʻl Savdo", "Дом у Анхора", "Mustahkam Poydevor", "Bright Home", "Oltin Bolgʻa",
    ];

    public static IEnumerable<DemoRecord> ProjectRecords(DateTimeOffset now) => s_projects.Select((project, n) =>
        new DemoRecord(project.Code, project.Name, project.Title, $"<p>{project.Name} — <b>{project.Title}</b></p>", null, null, null, IsActive: true, now.AddDays(-360 + n)));

    public static IEnumerable<DemoRecord> ClientRecords(DateTimeOffset now) => Enumerable.Range(0, Clients).Select(n => new DemoRecord(
        string.Create(CultureInfo.InvariantCulture, $"КЛ-{n + 1:00000}"),
        string.Format(CultureInfo.InvariantCulture, s_firmKinds[n % s_firmKinds.Length], s_firmNames[n % s_firmNames.Length]) + (n < 40 ? "" : string.Create(CultureInfo.InvariantCulture, $" № {(n / 40) + 1}")),
        null,
        n % 3 == 0 ? "<p>Toʻlov: <i>30 kun</i></p>" : null,
        null,
        n % 4 == 1 ? null : string.Create(CultureInfo.InvariantCulture, $"client{n + 1}{DemoAddress.Ending}"),
        // No such code of an area.
        n % 5 == 2 ? null : string.Create(CultureInfo.InvariantCulture, $"+998 00 {200 + (n / 100)}-{n % 100:00}-{n * 7 % 100:00}"),
        IsActive: n % 29 != 7,
        now.AddDays(-350).AddHours(n * 41)));

    /// <param name="number">From 0.</param>
    public static string ItemCode(int number) => string.Create(CultureInfo.InvariantCulture, $"НФ-{number + 1:00000000}");

    public static IEnumerable<DemoRecord> ItemRecords(DateTimeOffset now)
    {
        var number = 0;
        foreach (var packing in s_packing)
        {
            foreach (var (name, project, sizes) in s_wares)
            {
                foreach (var size in sizes)
                {
                    var n = number++;
                    var called = string.Format(CultureInfo.InvariantCulture, name, size) + (packing.Length == 0 ? "" : $", {packing}");
                    yield return new DemoRecord(
                        ItemCode(n),
                        called,
                        n % 6 == 0 ? null : $"{s_projects[project].Name}: {called}",
                        n % 4 == 0 ? $"<p>{called}</p><ul><li>Kafolat: 12 oy</li><li>Гарантия: 12 месяцев</li></ul>" : null,
                        n % 17 == 3 ? null : s_projects[project].Code,
                        null, null, IsActive: true, now.AddDays(-340).AddHours(n * 4));
                }
            }
        }
    }
}
