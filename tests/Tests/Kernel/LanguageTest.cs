using System.Net;

namespace Maydon.Tests.Kernel;

public sealed class LanguageTest(ProbeServer probe) : IClassFixture<ProbeServer>
{
    private const string Uzbek = "Bunday manzil yoʻq.";
    private const string Cyrillic = "Бундай манзил йўқ.";
    private const string Russian = "Такого адреса нет.";
    private const string English = "There is nothing at this address.";

    [Theory]
    [InlineData(null, "uz", Uzbek)]
    [InlineData("uz", "uz", Uzbek)]
    [InlineData("uz-Latn-UZ", "uz", Uzbek)]
    [InlineData("uz-Cyrl", "uz-Cyrl", Cyrillic)]
    [InlineData("UZ-cyrl-uz", "uz-Cyrl", Cyrillic)]
    [InlineData("ru-RU,ru;q=0.9,en;q=0.8", "ru", Russian)]
    [InlineData("en-US", "en", English)]
    [InlineData("kaa", "uz", Uzbek)]
    [InlineData("kaa, ru;q=0.9", "uz", Uzbek)]
    [InlineData("fr, de;q=0.9", "uz", Uzbek)]
    [InlineData("fr, en;q=0.2, ru;q=0.3", "ru", Russian)]
    [InlineData("en;q=0, ru;q=0.1", "ru", Russian)]
    [InlineData("*", "uz", Uzbek)]
    [InlineData("fr, *;q=0.5, en;q=0.1", "uz", Uzbek)]
    [InlineData(";;;q=,,", "uz", Uzbek)]
    [InlineData("en;q=abc", "uz", Uzbek)]
    public async Task The_client_says_what_it_understands(string? accepted, string language, string detail)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/nothing/");
        if (accepted is not null)
            request.Headers.TryAddWithoutValidation("Accept-Language", accepted);
        using var response = await probe.CreateClient().SendAsync(request);
        Assert.Equal(language, response.Content.Headers.ContentLanguage.Single());
        Assert.Equal(detail, (await response.ReadAsync()).GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("ru", "ru")]
    [InlineData("uz-Cyrl", "uz-Cyrl")]
    [InlineData("tlh", "en")]
    public async Task The_users_own_setting_goes_first(string setting, string language)
    {
        foreach (var path in new[] { "/api/nothing/", "/api/probe/throws/deadlock/", "/api/probe/throws/bug/" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept-Language", "en" }, { "X-Probe-Language", setting } } };
            using var response = await probe.CreateClient(user: 3).SendAsync(request);
            Assert.Equal(language, response.Content.Headers.ContentLanguage.Single());
        }
    }

    [Fact]
    public async Task Rules_speak_it_too()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/probe/") { Content = Wire.Json("{\"name\":\"123456\"}"), Headers = { { "Accept-Language", "ru" } } };
        Assert.Equal("Не больше 5 символов.", await (await probe.CreateClient().SendAsync(request)).ShouldNameAsync("name"));
    }

    [Theory]
    [InlineData("POST", "/api/probe/", "{\"name\":\"a\",\"unit_count\":\"many\"}", "unit_count")]
    [InlineData("GET", "/api/probe/?starts_after=x", null, "starts_after")]
    [InlineData("POST", "/api/probe/", "{\"name\":\"123456\"}", "name")]
    public async Task So_do_the_words_about_what_could_not_be_read(string method, string path, string? body, string field)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = body is null ? null : Wire.Json(body),
            Headers = { { "Accept-Language", "en" }, { "X-Probe-Language", "ru" } },
        };
        using var response = await probe.CreateClient(user: 3).SendAsync(request);
        Assert.Matches("[а-я]", await response.ShouldNameAsync(field));
        Assert.Equal("ru", response.Content.Headers.ContentLanguage.Single());
    }

    [Fact]
    public async Task One_request_does_not_speak_for_the_next()
    {
        var client = probe.CreateClient();
        foreach (var (accepted, detail) in new[] { ("ru", Russian), ("en", English), ("", Uzbek) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/nothing/");
            request.Headers.TryAddWithoutValidation("Accept-Language", accepted);
            using var response = await client.SendAsync(request);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.Equal(detail, (await response.ReadAsync()).GetProperty("detail").GetString());
        }
    }
}
