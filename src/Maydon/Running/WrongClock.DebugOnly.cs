using System.Globalization;

namespace Maydon;

internal static partial class MaydonServer
{
    static partial void SetClockWrong(IServiceCollection services)
    {
        if (Environment.GetEnvironmentVariable("MAYDON_CLOCK_OFFSET") is { Length: > 0 } offset)
            services.AddSingleton<TimeProvider>(new WrongClock(TimeSpan.Parse(offset, CultureInfo.InvariantCulture)));
    }

    private sealed class WrongClock(TimeSpan offset) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + offset;
    }
}
