using System.Globalization;
using System.Text.Json;
using Maydon.Kernel.Mail;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Kernel.Outbox;

/// <summary>
/// Does what messages of some kinds ask for, in a scope of its own and outside any transaction; may be called again after a crash.
/// Registered by <see cref="OutboxHandlerServices.AddOutboxHandler{THandler}"/>.
/// </summary>
public interface IOutboxHandler
{
    /// <summary>Returns when the thing is done or no longer needed; throws to be tried again with back-off.</summary>
    Task<OutboxOutcome> HandleAsync(OutboxDelivery delivery, CancellationToken cancellationToken);
}

/// <summary>How a message ended: <see cref="Sent"/>, or skipped with the reason why it was no longer needed.</summary>
public sealed record OutboxOutcome
{
    public static readonly OutboxOutcome Sent = new();

    public string? SkippedBecause { get; private init; }

    /// <param name="reason">For the people who run the server; no personal data.</param>
    public static OutboxOutcome Skipped(string reason) => new() { SkippedBecause = reason };
}

/// <summary>One attempt, counted from 1.</summary>
public sealed record OutboxDelivery(long Id, string Kind, string Subject, string PayloadJson, DateTimeOffset DueAt, int Attempt)
{
    public T Payload<T>() =>
        JsonSerializer.Deserialize<T>(PayloadJson, OutboxMessage.PayloadFormat) ?? throw new InvalidOperationException($"Outbox row {Id} has an empty payload.");

    /// <summary>The same on every attempt and unlike any other message's: fit for a Message-ID or a provider's idempotency key. Sorts by time.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{DueAt.UtcDateTime:yyyyMMdd'T'HHmmss'.'fff'Z'}-{Kind}-{Id}");

    /// <summary>The mail that this message asks for.</summary>
    public OutgoingMail ToMail(string to, string subject, string text, string? html, params IReadOnlyList<MailAttachment> attachments) =>
        new(to, subject, text, html, Key, attachments);
}

/// <summary>Trying again is of little use, such as a mailbox that does not exist: the message dies after a few attempts instead of many.</summary>
public sealed class PermanentDeliveryException(string message, Exception? inner = null) : Exception(message, inner);

public static class OutboxHandlerServices
{
    /// <summary>One handler may serve several kinds: call it once for each.</summary>
    /// <param name="keep">How long a message is of use to anybody, and its row kept, dead or done; 30 days and for ever the dead unless told.</param>
    public static IServiceCollection AddOutboxHandler<THandler>(this IServiceCollection services, string kind, TimeSpan? keep = null) where THandler : class, IOutboxHandler
    {
        services.AddSingleton(new OutboxKind(kind, keep));
        services.AddKeyedScoped<IOutboxHandler, THandler>(kind);
        return services;
    }
}

internal sealed record OutboxKind(string Name, TimeSpan? Keep)
{
    public static string[] Names(IEnumerable<OutboxKind> kinds) => [.. kinds.Select(kind => kind.Name).Distinct()];
}
