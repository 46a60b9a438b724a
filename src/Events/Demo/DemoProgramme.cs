namespace Maydon.Events.Demo;

/// <summary>An event of the demo, relative to the day on which it is loaded.</summary>
/// <param name="Place">Null for an online event.</param>
/// <param name="Hour">On the clock in Tashkent; <see cref="DemoProgramme.ThisHour"/> for one that began with the current hour.</param>
/// <param name="People">How many register; with as many as the capacity it is full.</param>
internal sealed record DemoEvent(string Language, string Title, string Description, string? Place, int Days, int Hour, double Hours, int? Capacity, int People);

/// <summary>Forty events of a town's square: in three languages, over, running and to come, on the spot and online, some full, some closed.</summary>
internal static class DemoProgramme
{
    public const int ThisHour = -1;

    private const string Library = "Toshkent, Navoiy koʻchasi 1, kutubxona, 2-zal";
    private const string Hub = "Toshkent, Amir Temur shoh koʻchasi 15, IT-markaz";
    private const string House = "Ташкент, ул. Бабура, 5, Дом культуры, малый зал";
    private const string Park = "Samarqand, Registon koʻchasi 10, madaniyat bogʻi";
    private const string Museum = "Bukhara, Bakhouddin Naqshband Street 45, city museum";

    public static readonly IReadOnlyList<DemoEvent> Events =
    [
        new("uz", "Kitobxonlar kechasi: Abdulla Qodiriy", "«Oʻtkan kunlar» haqida suhbat. Kitobni oʻqib kelish shart emas, choy bor.", Library, -24, 18, 2, 40, 33),
        new("uz", "Dasturlashga birinchi qadam", "Noutbuk bilan keling: ikki soatda birinchi saytingizni yozamiz. Tajriba talab qilinmaydi.", Hub, -17, 10, 3, 24, 24),
        new("uz", "Oilaviy byudjet: pulni qanday rejalashtirish kerak", "Oylik daromadni taqsimlash, jamgʻarma va qarzdan chiqish boʻyicha amaliy mashgʻulot.", null, -9, 20, 1.5, null, 52),
        new("uz", "Shaharni tozalaymiz", "Bogʻda birga koʻchat oʻtqazamiz va yoʻlaklarni tozalaymiz. Qoʻlqop va asboblar beriladi.", Park, -4, 9, 3, 60, 41),
        new("uz", "Startaplar uchrashuvi: birinchi mijozni topish", "Uch asoschi oʻz xatolari haqida gapirib beradi, keyin erkin suhbat.", Hub, 0, ThisHour, 3, 50, 46),
        new("uz", "Ona tili savodxonligi: imlo va tinish belgilari", "Kundalik yozishmalarda eng koʻp uchraydigan xatolar ustida ishlaymiz.", null, 1, 19, 1.5, 100, 28),
        new("uz", "Bolalar uchun robototexnika", "8–12 yoshli bolalar ota-onasi bilan. Toʻplamlar joyida beriladi, soni cheklangan.", Hub, 2, 11, 2, 12, 12),
        new("uz", "Suzanigul: kashtachilik darsi", "Suzani tikishning asosiy choklari. Mato va ip beriladi, tayyor ishingizni olib ketasiz.", Park, 3, 15, 2.5, 15, 9),
        new("uz", "Ingliz tilida suhbat klubi (A2–B1)", "Har hafta yangi mavzu: bu safar sayohat. Kichik guruhlarda erkin gaplashamiz.", Library, 5, 18, 1.5, 20, 20),
        new("uz", "Qishloq xoʻjaligida tomchilatib sugʻorish", "Agronom bilan savol-javob: uskunani tanlash, oʻrnatish va xarajatlarni hisoblash.", null, 7, 17, 2, null, 17),
        new("uz", "Shaxmat turniri", "Shveysar tizimi, 7 tur, 10+5. Taxta va soat beriladi, gʻoliblarga diplom.", Library, 9, 10, 6, 32, 30),
        new("uz", "Milliy taomlar ustaxonasi: somsa va chuchvara", "Xamir qorishdan dasturxongacha. Oʻz fartugingizni unutmang.", Park, 12, 16, 3, 16, 16),
        new("uz", "Рақамли хавфсизлик: фирибгарлардан қандай ҳимояланиш керак", "Сохта қўнғироқлар, ҳаволалар ва кодлар ҳақида содда тилда. Катта ёшдагилар учун.", Library, 15, 14, 1.5, 35, 11),
        new("uz", "Ochiq osmon ostida kino", "Oʻzbek kino klassikasi katta ekranda. Adyol olib keling, oʻrindiqlar cheklangan.", Park, 20, 20, 2.5, null, 38),

        new("ru", "Лекция: как устроен город", "Почему одни улицы живые, а другие пустуют. Разбираем на примерах нашего города.", House, -21, 19, 2, 45, 45),
        new("ru", "Введение в анализ данных", "От таблицы к выводам: считаем, строим графики и спорим о результатах. Нужен ноутбук.", null, -13, 18, 2, 80, 64),
        new("ru", "Семейный театр: «Храбрый воробей»", "Спектакль для детей от четырёх лет и их родителей. После показа можно потрогать кукол.", House, -6, 12, 1, 30, 30),
        new("ru", "Мастерская резюме", "Принесите своё резюме: за вечер перепишем его так, чтобы его дочитывали до конца.", House, -2, 18, 2, 18, 14),
        new("ru", "Онлайн-встреча переводчиков", "Обсуждаем трудные места, словари и расценки. Рабочие языки: русский, узбекский, английский.", null, 0, ThisHour, 2, 60, 35),
        new("ru", "Вечер настольных игр", "Тридцать игр, столы на четверых и опытные ведущие. Можно прийти одному: найдём компанию.", House, 1, 18, 4, 28, 28),
        new("ru", "Первая помощь: что делать до приезда врачей", "Практика на манекенах под руководством спасателей. Каждый участник получает памятку.", House, 3, 10, 4, 20, 19),
        new("ru", "Фотопрогулка по старому городу", "Снимаем дворы и ремесленников на рассвете. Подойдёт любая камера, даже телефон.", "Ташкент, площадь Хаст-Имам, у входа", 4, 6, 3, 15, 8),
        new("ru", "Python для бухгалтеров", "Автоматизируем сверку двух выгрузок. Код пишем с нуля, готовый скрипт остаётся у вас.", null, 6, 19, 2, 120, 57),
        new("ru", "Хор выходного дня", "Поём народные песни трёх языков. Ноты знать не обязательно, распевка в начале.", House, 8, 17, 2, null, 21),
        new("ru", "Встреча с ботаником: чем озеленять балкон", "Какие растения переживут наше лето и как их поливать в отпуске. Будет обмен черенками.", Library, 10, 16, 2, 25, 13),
        new("ru", "Публичное интервью: как открыть пекарню", "Два года, три переезда и первая прибыль. Вопросы из зала приветствуются.", Hub, 13, 19, 2, 70, 39),
        new("ru", "Литературный перевод: мастер-класс закрытой группы", "Продолжение весеннего курса. Набор в группу завершён.", House, 16, 18, 3, 0, 0),
        new("ru", "Ночь в планетарии", "Осенние созвездия, кольца Сатурна и чай до полуночи. Детям до десяти лет только с родителями.", "Ташкент, ул. Шота Руставели, 40, планетарий", 25, 21, 3, 40, 26),

        new("en", "Welcome breakfast for newcomers", "New in town? Meet the people who organise things here, over bread and green tea.", Hub, -28, 9, 2, 25, 22),
        new("en", "Intro to open source", "Your first contribution, step by step: find an issue, fix it, send it. Bring a laptop.", Hub, -11, 18, 3, 30, 30),
        new("en", "Remote work: taxes and contracts", "A lawyer explains what to sign, what to pay, and where people usually go wrong.", null, -3, 19, 1.5, null, 44),
        new("en", "Museum after dark", "The collection by torchlight, with the curator. Ends on the roof if the sky is clear.", Museum, 1, 20, 2, 20, 20),
        new("en", "Debate night: cars out of the centre?", "Two teams, three rounds, and the audience decides. Come with an opinion, leave with another.", Library, 2, 18, 2, 50, 31),
        new("en", "UX research on a shoestring", "Five interviews tell you more than five hundred clicks. We plan them together, live.", null, 4, 17, 2, 60, 24),
        new("en", "Pottery for beginners", "Wheel, clay and patience. Your bowl is fired and ready to collect a week later.", Museum, 6, 11, 3, 10, 10),
        new("en", "Silk Road trivia night", "Teams of up to five. The winners choose the theme of the next one.", Hub, 8, 19, 2.5, 48, 27),
        new("en", "Climate data for everyone", "Where to find it, how to read it, and how to plot your own town in an hour.", null, 11, 18, 1.5, null, 15),
        new("en", "Running club: 5 km along the canal", "Every pace is welcome, nobody is left behind. We start and finish at the bridge.", "Tashkent, Anhor canal, the bridge at Navoiy Street", 14, 7, 1, null, 18),
        new("en", "Women in engineering: mentoring circle", "Small tables, one mentor each. Tell us what you are stuck on when you arrive.", Hub, 18, 17, 2, 24, 23),
        new("en", "Town hall: what should the square offer next?", "An open discussion with the organisers. Bring proposals; the notes are published.", Hub, 30, 18, 2, 80, 12),
    ];
}
