using System.Security.Cryptography;

namespace Maydon.Kernel.Settings;

/// <summary>What makes a secret key one, and the one that is made when nobody has set any.</summary>
internal static class SecretKey
{
    private const int MinimumLength = 50;

    // Ten random letters already hold more; a word repeated or one key held down does not.
    private const int MinimumVariety = 12;

    private static readonly string[] s_placeholders = ["change-me", "changeme", "change_me", "django-insecure", "your-secret", "your_secret", "yoursecret", "placeholder", "example", "insecure", "secret-key", "secret_key", "secretkey"];

    /// <summary>What is wrong with the key for production, as the end of "SECRET_KEY …", or null.</summary>
    public static string? Fault(string key)
    {
        if (key.Length < MinimumLength)
            return $"has {key.Length} characters: set at least {MinimumLength} random ones, for example the output of \"openssl rand -base64 48\".";
        if (s_placeholders.Any(placeholder => key.Contains(placeholder, StringComparison.OrdinalIgnoreCase)) || key.StartsWith("secret", StringComparison.OrdinalIgnoreCase))
            return "is a placeholder: set at least 50 random characters, for example the output of \"openssl rand -base64 48\".";
        return key.Distinct().Count() < MinimumVariety || Repeats(key)
            ? "has too little variety: set at least 50 random characters, for example the output of \"openssl rand -base64 48\"."
            : null;
    }

    /// <summary>Where the key lies when it was made.</summary>
    public static string FileIn(string dataDir) => Path.Combine(dataDir, "secret");

    /// <summary>The key of this data directory, made at its first use and readable by its owner alone.</summary>
    public static string ReadOrMake(string dataDir)
    {
        var path = FileIn(dataDir);
        if (!File.Exists(path))
        {
            DataDirectoryMaker.Make(dataDir);
            // Whole or not at all: written beside, then renamed. Of two processes the first wins and both read its key.
            var draft = Path.Combine(dataDir, $"secret.{Environment.ProcessId}");
            using (var stream = new FileStream(draft, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
                stream.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(48))));
            try
            {
                File.Move(draft, path, overwrite: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                File.Delete(draft);
            }
        }

        return File.ReadAllText(path).Trim();
    }

    /// <summary>"abcabcabc…": the first piece, of at most a third, makes up the whole.</summary>
    private static bool Repeats(string key)
    {
        for (var length = 1; length <= key.Length / 3; length++)
        {
            var unit = length;
            if (Enumerable.Range(unit, key.Length - unit).All(i => key[i] == key[i - unit]))
                return true;
        }

        return false;
    }
}
