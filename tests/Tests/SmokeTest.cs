using Maydon.Tests.Support;

namespace Maydon.Tests;

public sealed class SmokeTest(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task The_schema_is_there() => Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from kernel.outbox"));
}
