using Maydon.Catalog.Webhooks.Sending;
using Maydon.Catalog.Webhooks.Watching;
using Maydon.Kernel.Http;
using Maydon.Kernel.Jobs;
using Maydon.Kernel.Operations;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Signals;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Maydon.Catalog.Webhooks;

internal static class WebhookServices
{
    public static void AddWebhooks(this IServiceCollection services)
    {
        services.AddPermissions("catalog", "webhook");
        services.AddConstraintProblem("webhooks_once", StatusCodes.Status409Conflict, "webhook_exists", "url");
        services.AddSingleton<WebhookSecretSeal>();
        services.AddScoped<ReadWebhooks>();
        services.AddScoped<WriteWebhook>();
        services.AddScoped<AskForDelivery>();
        services.AddSingleton<WebhookTurns>();
        services.AddSingleton<WebhookBodies>();
        services.AddSingleton(_ => new WebhookSender());
        services.AddSingleton<SendDelivery>();
        services.AddSingleton<WebhookWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<WebhookWorker>());
        services.AddScheduledJob<ForgetDeliveries>("catalog.forget-deliveries", "0 25 * * * ?");
        services.AddScoped<ICheck, WebhookCheck>();
        services.AddScoped<IInvariantCheck, WebhooksFollowTheFeed>();
    }
}

/// <summary>Wakes the workers for what is no change of the catalogue: those have a signal already.</summary>
internal static class WebhookSignal
{
    public const string Topic = "catalog.webhooks";

    public static Task SendAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => ClusterSignals.SendAsync(connection, Topic, "", cancellationToken);
}
