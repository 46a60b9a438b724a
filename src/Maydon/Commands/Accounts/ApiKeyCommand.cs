using System.CommandLine;
using System.Globalization;
using Maydon.Identity.Contracts;
using Maydon.Kernel.Operations;
using Maydon.Running;

namespace Maydon.Commands.Accounts;

/// <summary><c>apikey create ACCOUNT NAME</c>, <c>apikey list</c>, <c>apikey revoke ID</c>.</summary>
internal static class ApiKeyCommand
{
    // A hundred years is for ever, and dates have an end.
    private const int MostDays = 36_500;

    public static Command Create() => new("apikey", "Make, list and revoke API keys.") { CreateCreate(), CreateList(), CreateRevoke() };

    private static Command CreateCreate()
    {
        var account = new Argument<string>("account") { Description = "Whose key it is: user name, email or phone." };
        var name = new Argument<string>("name") { Description = "What the key is for." };
        var scopes = new Option<string[]>("--scope") { Description = "A permission of the account that the key has; can be given again. Without it, all that there are now." };
        var days = new Option<int?>("--days") { Description = "How long it works; without it, until it is revoked." };
        var command = new Command("create", "Make an API key.") { account, name, scopes, days };
        command.SetAction((result, cancellationToken) => WithRightsAsync(async rights =>
        {
            TimeSpan? lifetime = result.GetValue(days) switch
            {
                null => null,
                >= 1 and <= MostDays and var number => TimeSpan.FromDays(number),
                _ => throw new OperatorException($"--days is from 1 to {MostDays.ToString(CultureInfo.InvariantCulture)}."),
            };
            var key = Terminal.ValueOf(await rights.CreateApiKeyAsync(
                result.GetRequiredValue(account), result.GetRequiredValue(name), result.GetValue(scopes) ?? [], lifetime, cancellationToken));
            Console.Out.WriteLine($"{key} (shown this once; send it as \"Authorization: Api-Key …\")");
        }, cancellationToken));
        return command;
    }

    private static Command CreateList()
    {
        var command = new Command("list", "List the API keys, but for those that were revoked.");
        command.SetAction((_, cancellationToken) => WithRightsAsync(async rights =>
        {
            foreach (var key in await rights.ListApiKeysAsync(cancellationToken))
                Console.Out.WriteLine($"{key.Id.ToString(CultureInfo.InvariantCulture),4}  {key.Prefix}…  {key.Account}, {key.Name}: {string.Join(", ", key.Scopes)}; {(key.IsExpired ? "expired" : "expires")} {Day(key.ExpiresAt)}, last used {Day(key.LastUsedAt)}");
        }, cancellationToken));
        return command;
    }

    private static Command CreateRevoke()
    {
        var id = new Argument<long>("id") { Description = "Its number in the list." };
        var command = new Command("revoke", "Revoke an API key; the next request with it is refused.") { id };
        command.SetAction((result, cancellationToken) => WithRightsAsync(async rights =>
        {
            if (await rights.RevokeApiKeyAsync(result.GetRequiredValue(id), cancellationToken) is { } fault)
                throw new OperatorException(fault);
            Console.Out.WriteLine("The key was revoked.");
        }, cancellationToken));
        return command;
    }

    private static async Task<int> WithRightsAsync(Func<RightsCommands, Task> act, CancellationToken cancellationToken)
    {
        Terminal.SpeakEnglish();
        await using var session = await CommandSession.OpenAsync("apikey", needsSchema: true, cancellationToken);
        await using var scope = session.Services.CreateAsyncScope();
        await act(scope.ServiceProvider.GetRequiredService<RightsCommands>());
        return 0;
    }

    private static string Day(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "never";
}
