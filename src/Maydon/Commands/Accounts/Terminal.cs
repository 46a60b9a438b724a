using System.Globalization;
using System.Text;
using Maydon.Identity.Contracts;
using Maydon.Kernel.Operations;

namespace Maydon.Commands.Accounts;

/// <summary>What the commands that ask have in common. Whoever pipes the answers in gets the same questions, without the echo being touched.</summary>
internal static class Terminal
{
    /// <summary>The command line speaks English, whatever the messages of the site.</summary>
    public static void SpeakEnglish() => CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en");

    /// <summary>An empty answer is null.</summary>
    public static string? Ask(string question)
    {
        Console.Error.Write(question + ": ");
        var answer = Console.In.ReadLine()?.Trim();
        return string.IsNullOrEmpty(answer) ? null : answer;
    }

    /// <summary>Whoever pipes the answers in has no second one.</summary>
    public static string AskUntilAnswered(string question, string option)
    {
        while (true)
        {
            if (Ask(question) is { } answer)
                return answer;
            if (Console.IsInputRedirected)
                throw new OperatorException($"No {question.ToLowerInvariant()} was given: enter one, or use {option}.");
        }
    }

    /// <summary>Asked twice, shown never.</summary>
    public static string AskNewPassword()
    {
        var password = AskHidden("Password");
        if (AskHidden("Password again") != password)
            throw new OperatorException("The two passwords differ: nothing was changed.");
        return password;
    }

    public static void RecommendLength(string password)
    {
        if (password.Length < AccountCommands.RecommendedPasswordLength)
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"For an account with rights, {AccountCommands.RecommendedPasswordLength} characters or more are recommended."));
    }

    public static T ValueOf<T>(CommandOutcome<T> outcome) where T : class => outcome.Value ?? throw new OperatorException(outcome.Fault!);

    private static string AskHidden(string question)
    {
        Console.Error.Write(question + ": ");
        if (Console.IsInputRedirected)
            return Console.In.ReadLine() ?? throw new OperatorException("No password was given: enter one, or use --password.");
        var typed = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    Console.Error.WriteLine();
                    return typed.ToString();
                case ConsoleKey.Backspace:
                    typed.Length = Math.Max(0, typed.Length - 1);
                    break;
                default:
                    if (!char.IsControl(key.KeyChar))
                        typed.Append(key.KeyChar);
                    break;
            }
        }
    }
}
