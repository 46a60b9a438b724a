using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Maydon.Kernel.Settings;

/// <summary><c>postgresql://user:password@host:5432/name?sslmode=require</c>, as PostgreSQL's own programs read it, to Npgsql's form.</summary>
internal static partial class DatabaseUrl
{
    private static readonly string[] s_options = ["host", "port", "user", "password", "dbname", "sslmode", "sslrootcert", "connect_timeout", "application_name", "options", "target_session_attrs"];

    /// <summary>Null with a fault, which never repeats the value: it holds a password.</summary>
    public static string? Parse(string url, SettingValues values)
    {
        var match = Shape().Match(url);
        if (!match.Success)
        {
            values.AddFault("DATABASE_URL cannot be read: set it to postgresql://user:password@host:5432/name, with special characters of the password percent-encoded.");
            return null;
        }

        var options = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        Put(options, "user", match.Groups["user"]);
        Put(options, "password", match.Groups["password"]);
        Put(options, "host", match.Groups["host"]);
        Put(options, "port", match.Groups["port"]);
        Put(options, "dbname", match.Groups["name"]);
        foreach (var pair in match.Groups["query"].Value.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var option = Uri.UnescapeDataString(equals < 0 ? pair : pair[..equals]);
            if (!s_options.Contains(option, StringComparer.OrdinalIgnoreCase))
            {
                values.AddFault($"DATABASE_URL has the option \"{option}\", which is not known: use {string.Join(", ", s_options)}.");
                return null;
            }

            options[option] = equals < 0 ? "" : Uri.UnescapeDataString(pair[(equals + 1)..]);
        }

        if (string.IsNullOrEmpty(options.GetValueOrDefault("dbname")) || string.IsNullOrEmpty(options.GetValueOrDefault("user")))
        {
            values.AddFault("DATABASE_URL names no user or no database: set it to postgresql://user:password@host:5432/name.");
            return null;
        }

        return Build(options, values);
    }

    private static string? Build(Dictionary<string, string> options, SettingValues values)
    {
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = options.GetValueOrDefault("host") is { Length: > 0 } host ? host : "localhost",
            Username = options["user"],
            Database = options["dbname"],
        };
        if (options.TryGetValue("password", out var password))
            builder.Password = password;
        if (options.TryGetValue("port", out var port))
        {
            if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 65535)
                return Fault("port", "a number from 1 to 65535");
            builder.Port = number;
        }

        if (options.TryGetValue("sslmode", out var mode))
        {
            if (!Enum.TryParse<SslMode>(mode.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var sslMode) || !Enum.IsDefined(sslMode))
                return Fault("sslmode", "disable, allow, prefer, require, verify-ca or verify-full");
            builder.SslMode = sslMode;
        }

        if (options.TryGetValue("connect_timeout", out var timeout))
        {
            if (!int.TryParse(timeout, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > 1024)
                return Fault("connect_timeout", "a number of seconds from 0 to 1024");
            builder.Timeout = seconds;
        }

        if (options.TryGetValue("target_session_attrs", out var attributes))
            builder.TargetSessionAttributes = attributes;
        if (options.TryGetValue("sslrootcert", out var certificate))
            builder.RootCertificate = certificate;
        if (options.TryGetValue("application_name", out var application))
            builder.ApplicationName = application;
        if (options.TryGetValue("options", out var serverOptions))
            builder.Options = serverOptions;
        return builder.ConnectionString;

        string? Fault(string option, string expected)
        {
            values.AddFault($"DATABASE_URL has {option}={options[option]}: set it to {expected}.");
            return null;
        }
    }

    private static void Put(Dictionary<string, string> options, string name, Group group)
    {
        if (group.Success && group.Length > 0)
            options[name] = Uri.UnescapeDataString(group.Value.Trim('[', ']'));
    }

    [GeneratedRegex(@"^postgres(ql)?://((?<user>[^:@/?#]*)(:(?<password>[^/?#]*))?@)?(?<host>\[[0-9A-Fa-f:.]+\]|[^:@/?#]*)(:(?<port>[^/?#]*))?(/(?<name>[^/?#]*))?(\?(?<query>[^#]*))?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Shape();
}
