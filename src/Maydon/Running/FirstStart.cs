using Maydon.Identity.Contracts;
using Maydon.Kernel.Localization;
using Maydon.Kernel.Settings;

namespace Maydon.Running;

/// <summary>What a new database gets before it is served for the first time.</summary>
internal static class FirstStart
{
    /// <summary>Returns lines for the operator, none when this is not the first start.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(IServiceProvider services, MaydonSettings settings, bool isNew, bool noDemo, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        if (isNew && settings.Debug && !noDemo)
            lines.AddRange(await DemoLoader.LoadAsync(services, cancellationToken));
        await using var scope = services.CreateAsyncScope();
        if (await scope.ServiceProvider.GetRequiredService<AccountCommands>().EnsureAdminAsync(OperatorLanguage.Find(), cancellationToken) is { } admin)
        {
            lines.Add($"Admin account      {admin.Email}, password {admin.Password} (shown this once)");
            lines.Add($"                   is spoken to in {admin.Language}; PATCH /auth/me {{\"language\": …}} changes it to any of {string.Join(", ", Messages.Languages)}");
        }

        return lines;
    }
}
