using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Idempotency;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Catalog.Webhooks;

/// <summary><c>/api/v1/webhooks/</c>: other systems that are told of changes instead of asking for them.</summary>
internal static class WebhookEndpoints
{
    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        var webhooks = routes.MapGroup("/api/v1/webhooks").WithTags("catalog").WithProblems(400, 401, 403);
        webhooks.MapGet("/", List).RequirePermission("catalog.view_webhook").WithSummary("Subscriptions to lists that the caller may view").WithProblems(404);
        webhooks.MapPost("/", Create).RequirePermission("catalog.add_webhook").WithoutIdempotency().WithSummary("Subscribe to a list; the secret is shown this once").WithProblems(409);
        webhooks.MapGet("/{id:long}/", Get).RequirePermission("catalog.view_webhook").WithSummary("One subscription").WithProblems(404);
        webhooks.MapPatch("/{id:long}/", Change).RequirePermission("catalog.change_webhook").WithSummary("Change the address, switch on or off").WithProblems(404, 409);
        webhooks.MapDelete("/{id:long}/", Delete).RequirePermission("catalog.delete_webhook").WithSummary("End a subscription; its log goes with it").WithProblems(404);
        webhooks.MapPost("/{id:long}/rotate-secret/", RotateSecret).RequirePermission("catalog.change_webhook").WithoutIdempotency()
            .WithSummary("Make a new secret, which is shown this once; the old one signs nothing any more").WithProblems(404);
        webhooks.MapPost("/{id:long}/ping/", Ping).RequirePermission("catalog.change_webhook").WithSummary("Send something that means nothing, to see that it arrives").WithProblems(404, 409);
        webhooks.MapGet("/{id:long}/deliveries/", ListDeliveries).RequirePermission("catalog.view_webhook").WithSummary("What was sent within 30 days, the newest first").WithProblems(404);
        webhooks.MapPost("/{id:long}/deliveries/{delivery:long}/replay/", Replay).RequirePermission("catalog.change_webhook")
            .WithSummary("Send the body of a delivery once more, newly signed").WithProblems(404, 409);
    }

    private static async Task<Results<Ok<Page<WebhookItem>>, Problem>> List([AsParameters] WebhookQuery query, ReadWebhooks read, HttpRequest request, CancellationToken cancellationToken)
    {
        var (page, refusal) = await read.ListAsync(query, request, cancellationToken);
        return refusal is not null ? refusal : TypedResults.Ok(page);
    }

    private static async Task<Results<Created<NewWebhook>, Problem>> Create(CreateWebhookRequest request, WriteWebhook write, CurrentUser user, CancellationToken cancellationToken)
    {
        var (webhook, secret, refusal) = await write.CreateAsync(request.List!, request.Url!, user.Id, cancellationToken);
        return refusal is not null ? refusal : TypedResults.Created($"/api/v1/webhooks/{webhook!.Id}/", new NewWebhook(secret!.Value, webhook));
    }

    private static async Task<Results<Ok<WebhookItem>, Problem>> Get(long id, ReadWebhooks read, CancellationToken cancellationToken) =>
        await read.FindAsync(id, cancellationToken) is { } webhook ? TypedResults.Ok(webhook) : Problem.NotFound("webhook_not_found");

    private static async Task<Results<Ok<WebhookItem>, Problem>> Change(long id, ChangeWebhookRequest request, WriteWebhook write, CurrentUser user, CancellationToken cancellationToken)
    {
        var (webhook, _, refusal) = await write.ChangeAsync(id, request.Url, request.IsActive, user.Id, cancellationToken);
        return refusal is not null ? refusal : TypedResults.Ok(webhook);
    }

    private static async Task<Results<NoContent, Problem>> Delete(long id, WriteWebhook write, CurrentUser user, CancellationToken cancellationToken) =>
        await write.DeleteAsync(id, user.Id, cancellationToken) is { } refusal ? refusal : TypedResults.NoContent();

    private static async Task<Results<Ok<NewWebhook>, Problem>> RotateSecret(long id, WriteWebhook write, CurrentUser user, CancellationToken cancellationToken)
    {
        var (webhook, secret, refusal) = await write.RotateSecretAsync(id, user.Id, cancellationToken);
        return refusal is not null ? refusal : TypedResults.Ok(new NewWebhook(secret!.Value, webhook!));
    }

    private static Task<Results<Accepted<DeliveryItem>, Problem>> Ping(long id, AskForDelivery ask, CancellationToken cancellationToken) =>
        AnswerAsync(id, ask.PingAsync(id, cancellationToken));

    private static async Task<Results<Ok<Page<DeliveryItem>>, Problem>> ListDeliveries(
        long id, [AsParameters] DeliveryQuery query, ReadWebhooks read, HttpRequest request, CancellationToken cancellationToken)
    {
        var (page, refusal) = await read.DeliveriesAsync(id, query, request, cancellationToken);
        return refusal is not null ? refusal : TypedResults.Ok(page);
    }

    private static Task<Results<Accepted<DeliveryItem>, Problem>> Replay(long id, long delivery, AskForDelivery ask, CancellationToken cancellationToken) =>
        AnswerAsync(id, ask.ReplayAsync(id, delivery, cancellationToken));

    private static async Task<Results<Accepted<DeliveryItem>, Problem>> AnswerAsync(long id, Task<(DeliveryItem? Delivery, Problem? Refusal)> asking)
    {
        var (delivery, refusal) = await asking;
        return refusal is not null ? refusal : TypedResults.Accepted($"/api/v1/webhooks/{id}/deliveries/", delivery);
    }
}
