using Maydon.Kernel.Settings;
using Microsoft.Extensions.Logging.Console;

namespace Maydon.Running;

internal static class ConsoleLogs
{
    /// <summary>One JSON object a line in production, for journald and collectors; one readable line with <c>DEBUG</c>.</summary>
    public static void Add(ILoggingBuilder logging, MaydonSettings settings)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(settings.LogLevel);
        // The framework's own chatter tells an operator nothing unless asked for.
        var framework = settings.LogLevel < LogLevel.Information ? settings.LogLevel : Max(settings.LogLevel, LogLevel.Warning);
        logging.AddFilter("Microsoft", framework).AddFilter("System", framework).AddFilter("Quartz", framework).AddFilter("Npgsql", framework);
        // The framework speaks under our handler's name too: a line for every token that has run out.
        logging.AddFilter("Maydon.Identity.Tokens.BearerAuthentication", framework);
        if (settings.Debug)
        {
            logging.AddSimpleConsole(options => (options.SingleLine, options.TimestampFormat) = (true, "HH:mm:ss "));
            return;
        }

        // Scopes carry the trace id.
        logging.AddJsonConsole(options => (options.IncludeScopes, options.UseUtcTimestamp, options.TimestampFormat) = (true, true, "yyyy-MM-ddTHH:mm:ss.fffZ"));
    }

    /// <summary>For commands: their output is their answer, so only what went wrong is said beside it.</summary>
    public static void AddForCommand(ILoggingBuilder logging, MaydonSettings settings)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(Max(settings.LogLevel, LogLevel.Warning));
        logging.AddSimpleConsole(options => options.SingleLine = true);
        logging.Services.Configure<ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    private static LogLevel Max(LogLevel first, LogLevel second) => first > second ? first : second;
}
