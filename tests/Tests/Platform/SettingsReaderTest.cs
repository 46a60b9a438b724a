using Maydon.Kernel.Settings;
using Npgsql;

namespace Maydon.Tests.Platform;

public sealed class SettingsReaderTest : IDisposable
{
    private const string GoodKey = "q7Xw2LkPz9Rt4Vb8Nm3Hs6Jd1Fg5Yc0AeUiOq7Xw2LkPz9Rt4Vb";
    private readonly string _directory = Directory.CreateTempSubdirectory("maydon-settings-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Nothing_set_but_the_secret_gives_the_defaults()
    {
        var settings = Good(("SECRET_KEY", GoodKey));
        Assert.False(settings.Debug);
        Assert.Equal(8000, settings.Port);
        Assert.Equal(new Uri("http://localhost:8000"), settings.PublicUrl);
        Assert.Equal(["events"], settings.Modules);
        Assert.Null(settings.DatabaseConnection);
        Assert.Equal(Path.Combine(_directory, "data"), settings.DataDir);
        Assert.Equal(new Rate(100, TimeSpan.FromHours(1)), settings.Throttles.Anon);
        Assert.Equal(MailBackend.File, settings.Mail.Backend);
    }

    [Theory]
    [InlineData("PORT", "eighty", "PORT is \"eighty\": set it to a whole number from 1 to 65535.")]
    [InlineData("PORT", "70000", "PORT is \"70000\": set it to a whole number from 1 to 65535.")]
    [InlineData("DEBUG", "maybe", "DEBUG is \"maybe\": set it to True or False.")]
    [InlineData("MODULES", "events,casino", "MODULES has \"casino\", which this release does not know: choose from events.")]
    [InlineData("LOG_LEVEL", "loud", "LOG_LEVEL is \"loud\": set it to one of Trace, Debug, Information, Warning, Error, Critical, None.")]
    [InlineData("THROTTLE_ANON", "100 an hour", "THROTTLE_ANON is \"100 an hour\": set it to a rate such as 100/hour (second, minute, hour or day), or to off.")]
    [InlineData("THROTTLE_USER", "0/hour", "THROTTLE_USER is \"0/hour\": set it to a rate such as 100/hour (second, minute, hour or day), or to off.")]
    [InlineData("PUBLIC_URL", "example.org", "PUBLIC_URL is \"example.org\": set it to an address such as https://example.org.")]
    [InlineData("ALLOWED_HOSTS", "https://example.org", "ALLOWED_HOSTS has \"https://example.org\": list bare host names such as example.org, without scheme, port or path.")]
    [InlineData("TRUSTED_PROXIES", "proxy", "TRUSTED_PROXIES has \"proxy\": list addresses or networks such as 10.0.0.0/8.")]
    [InlineData("EMAIL_BACKEND", "pigeon", "EMAIL_BACKEND is \"pigeon\": set it to one of file, console, smtp.")]
    [InlineData("EMAIL_BACKEND", "smtp", "EMAIL_BACKEND is smtp without EMAIL_HOST: set the name of the mail server.")]
    [InlineData("DEFAULT_FROM_EMAIL", "nobody", "DEFAULT_FROM_EMAIL is \"nobody\": set it to an address such as Maydon <noreply@example.org>.")]
    [InlineData("CORS_ALLOWED_ORIGINS", "https://app.example.org/", "CORS_ALLOWED_ORIGINS has \"https://app.example.org/\": list exact origins such as https://app.example.org, without a path.")]
    [InlineData("DB_USER", "me", "DB_USER, DB_PASSWORD or DB_HOST is set without DB_NAME: set DB_NAME as well, or none of them for the embedded database.")]
    public void A_wrong_value_is_one_sentence(string name, string value, string sentence) =>
        Assert.Equal([sentence], Faults(("SECRET_KEY", GoodKey), (name, value)));

    [Theory]
    [InlineData(null, "is not set")]
    [InlineData("short", "has 5 characters")]
    [InlineData("django-insecure-q7Xw2LkPz9Rt4Vb8Nm3Hs6Jd1Fg5Yc0AeUiO", "is a placeholder")]
    [InlineData("please-change-me-q7Xw2LkPz9Rt4Vb8Nm3Hs6Jd1Fg5Yc0AeUiO", "is a placeholder")]
    [InlineData("secret-q7Xw2LkPz9Rt4Vb8Nm3Hs6Jd1Fg5Yc0AeUiOq7Xw2LkPz9Rt", "is a placeholder")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "has too little variety")]
    [InlineData("abcdefghijklmnopabcdefghijklmnopabcdefghijklmnopabcdefghijklmnop", "has too little variety")]
    public void Production_refuses_a_weak_secret_key(string? key, string fault)
    {
        var sentence = Assert.Single(key is null ? Faults() : Faults(("SECRET_KEY", key)));
        Assert.StartsWith("SECRET_KEY " + fault, sentence);
        Assert.False(key is not null && sentence.Contains(key, StringComparison.Ordinal));
    }

    [Fact]
    public void Debug_makes_a_secret_key_and_keeps_it_for_its_owner_alone()
    {
        var first = Good(("DEBUG", "True"));
        Assert.Null(SecretKey.Fault(first.SecretKey));
        Assert.Equal(first.SecretKey, Good(("DEBUG", "1")).SecretKey);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(first.DataDir, "secret")));
        Assert.Equal(["secret"], Directory.GetFiles(first.DataDir).Select(Path.GetFileName));
    }

    [Fact]
    public void All_faults_come_at_once_and_nothing_is_made()
    {
        Assert.Equal(3, Faults(("DEBUG", "True"), ("PORT", "x"), ("MODULES", "x"), ("OTP_MAX_ATTEMPTS", "0")).Count);
        Assert.False(Directory.Exists(Path.Combine(_directory, "data")));
    }

    [Fact]
    public void The_environment_goes_before_the_file()
    {
        File.WriteAllText(Path.Combine(_directory, ".env"), $"""
            # a comment
            SECRET_KEY='{GoodKey}'
            PORT=8100
            export PUBLIC_URL="https://square.example.org"
            THROTTLE_ANON=off
            EMAIL_HOST=
            """);
        var settings = Good(("PORT", "8200"));
        Assert.Equal(8200, settings.Port);
        Assert.Equal(new Uri("https://square.example.org"), settings.PublicUrl);
        Assert.Null(settings.Throttles.Anon);
        Assert.Null(settings.Mail.Host);
    }

    [Fact]
    public void A_star_as_origin_is_refused_with_credentials_only()
    {
        Assert.Contains("CORS_ALLOW_CREDENTIALS", Assert.Single(Faults(("SECRET_KEY", GoodKey), ("CORS_ALLOWED_ORIGINS", "*"))), StringComparison.Ordinal);
        Assert.Equal(["*"], Good(("SECRET_KEY", GoodKey), ("CORS_ALLOWED_ORIGINS", "*"), ("CORS_ALLOW_CREDENTIALS", "False")).CorsAllowedOrigins);
    }

    [Theory]
    [InlineData("postgresql://me:p%40ss%2Fw%3Ard@db.example.org:5433/square?sslmode=verify-full&connect_timeout=7", "db.example.org", 5433, "me", "p@ss/w:rd", "square")]
    [InlineData("postgres://me@localhost/square", "localhost", 5432, "me", null, "square")]
    [InlineData("postgresql://me:pw@[::1]:6000/sq%20uare", "::1", 6000, "me", "pw", "sq uare")]
    [InlineData("postgresql://me@%2Fvar%2Frun%2Fpostgresql/square", "/var/run/postgresql", 5432, "me", null, "square")]
    [InlineData("postgresql:///square?host=/var/run/postgresql&user=me", "/var/run/postgresql", 5432, "me", null, "square")]
    public void A_database_url_is_read_as_postgres_does(string url, string host, int port, string user, string? password, string database)
    {
        var connection = new NpgsqlConnectionStringBuilder(Good(("SECRET_KEY", GoodKey), ("DATABASE_URL", url)).DatabaseConnection);
        Assert.Equal((host, port, user, password, database), (connection.Host, connection.Port, connection.Username, connection.Password, connection.Database));
        if (url.Contains("sslmode", StringComparison.Ordinal))
            Assert.Equal((SslMode.VerifyFull, 7), (connection.SslMode, connection.Timeout));
    }

    [Theory]
    [InlineData("mysql://me:hunter2@host/name")]
    [InlineData("postgresql://me:hunter2@host")]
    [InlineData("postgresql://me:hunter2@host:port/name")]
    [InlineData("postgresql://me:hunter2@host/name?sslmode=perhaps")]
    [InlineData("postgresql://me:hunter2@host/name?colour=red")]
    public void A_wrong_database_url_is_refused_without_showing_its_password(string url)
    {
        var fault = Assert.Single(Faults(("SECRET_KEY", GoodKey), ("DATABASE_URL", url)));
        Assert.StartsWith("DATABASE_URL ", fault);
        Assert.DoesNotContain("hunter2", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void The_database_can_be_named_in_parts()
    {
        var settings = Good(("SECRET_KEY", GoodKey), ("DB_NAME", "square"), ("DB_USER", "me"), ("DB_PASSWORD", "p;w=1"), ("DB_HOST", "db"), ("DB_PORT", "5433"));
        var connection = new NpgsqlConnectionStringBuilder(settings.DatabaseConnection);
        Assert.Equal(("db", 5433, "me", "p;w=1", "square"), (connection.Host, connection.Port, connection.Username, connection.Password, connection.Database));
        Assert.Equal(["Both DATABASE_URL and DB_NAME are set: keep one of them."],
            Faults(("SECRET_KEY", GoodKey), ("DATABASE_URL", "postgresql://a:b@c/d"), ("DB_NAME", "square"), ("DB_USER", "me")));
    }

    [Fact]
    public void What_of_the_file_has_no_effect_is_told_without_showing_it()
    {
        var file = Path.Combine(_directory, ".env");
        File.WriteAllText(file, $"# a remark\n\nSECRET_KEY={GoodKey}\nMODULE=events\nexport PORT=8031\nDB_PASSWORD hunter2\nSECRET_KEY: kJ8w==\nDB_PASSWORD hunt=er2\n");
        Assert.Equal(
            [
                $"{file} sets MODULE, which is no setting: it has no effect. docs/configuration.md lists the settings.",
                $"{file} has no assignment in line 6: it has no effect. Write NAME=value.",
                $"{file} has no assignment in line 7: it has no effect. Write NAME=value.",
                $"{file} has no assignment in line 8: it has no effect. Write NAME=value.",
            ], Read([("PATH", "/bin")]).Warnings);
    }

    [Fact]
    public void A_data_directory_that_is_a_file_is_refused()
    {
        var file = Path.Combine(_directory, "occupied");
        File.WriteAllText(file, "");
        Assert.Equal([$"DATA_DIR is {file}, which is not a directory: set it to one, or to a name that is free."], Faults(("DEBUG", "True"), ("DATA_DIR", file)));
        Assert.StartsWith("The secret key cannot be kept in", Assert.Single(Faults(("DEBUG", "True"), ("DATA_DIR", Path.Combine(file, "below")))), StringComparison.Ordinal);
    }

    private MaydonSettings Good(params (string Name, string Value)[] environment)
    {
        var result = Read(environment);
        Assert.Empty(result.Faults);
        return result.Settings!;
    }

    private IReadOnlyList<string> Faults(params (string Name, string Value)[] environment)
    {
        var result = Read(environment);
        Assert.Null(result.Settings);
        return result.Faults;
    }

    private SettingsResult Read((string Name, string Value)[] environment) =>
        SettingsReader.Read(environment.ToDictionary(pair => pair.Name, pair => pair.Value), _directory, ["events"]);
}
