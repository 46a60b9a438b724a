using System.Net;

namespace Maydon.Tests.Kernel;

public sealed class MoneyTest(ProbeServer probe) : IClassFixture<ProbeServer>
{
    private readonly HttpClient _client = probe.CreateClient();

    [Theory]
    [InlineData("\"999.99\"", "999.99")]
    [InlineData("\"5\"", "5.00")]
    [InlineData("5", "5.00")]
    [InlineData("5.5", "5.50")]
    [InlineData("0.1", "0.10")]
    [InlineData("\"12.300\"", "12.30")]
    [InlineData("1e2", "100.00")]
    [InlineData("\"9999999999.99\"", "9999999999.99")]
    [InlineData("-3", "-3.00")]
    [InlineData("null", null)]
    public async Task An_amount_is_answered_as_a_string_with_two_decimals(string sent, string? answered)
    {
        using var answer = await _client.PostAsync("/api/probe/", Wire.Json($"{{\"name\":\"a\",\"price\":{sent}}}"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(answered, (await answer.ReadAsync()).GetProperty("price").GetString());
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\" 5\"")]
    [InlineData("\"5,00\"")]
    [InlineData("\"1 000\"")]
    [InlineData("\"0.001\"")]
    [InlineData("0.001")]
    [InlineData("\"10000000000\"")]
    [InlineData("10000000000")]
    [InlineData("1e400")]
    [InlineData("\"1e3\"")]
    [InlineData("\"NaN\"")]
    [InlineData("\"０１\"")]
    [InlineData("\"\\u0035\"")]
    [InlineData("\"999999999999999999999999999999999999999999999999999999999\"")]
    [InlineData("true")]
    [InlineData("[1]")]
    [InlineData("{}")]
    public async Task What_is_no_amount_is_named(string sent) =>
        Assert.Contains("999.99", await (await _client.PostAsync("/api/probe/", Wire.Json($"{{\"name\":\"a\",\"price\":{sent}}}"))).ShouldNameAsync("price"), StringComparison.Ordinal);
}
