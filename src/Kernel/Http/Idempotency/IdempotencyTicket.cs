using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Maydon.Kernel.Http.Idempotency;

/// <summary>
/// A request that carries an <c>Idempotency-Key</c>: whose (<paramref name="Scope"/>), which key, and the SHA-256 of method, path, query and
/// body. <paramref name="Language"/> is the one the answer is written in, for whoever writes it off the request's thread.
/// </summary>
public sealed record IdempotencyTicket(string Scope, string Key, byte[] RequestHash, CultureInfo Language)
{
    /// <summary>Present only on endpoints marked with <see cref="IdempotencyConventions.RecordsOwnAnswer"/>, and there only when the caller sent a key.</summary>
    public static IdempotencyTicket? Of(HttpContext context) => context.Features.Get<IdempotencyTicket>();

    /// <summary>The advisory lock that stands for scope and key.</summary>
    internal long LockId => BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{Scope}\u001f{Key}")));

    internal string Fingerprint => Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes($"{Scope}\u001f{Key}\u001f"), .. RequestHash]));
}

/// <summary>
/// A request with an <c>Idempotency-Key</c> that runs in the transaction of its answer, for whoever changes something outside the database:
/// should that transaction be lost, the same request comes again.
/// </summary>
public sealed class RepeatableRequest
{
    internal RepeatableRequest(IdempotencyTicket ticket) => Fingerprint = ticket.Fingerprint;

    /// <summary>The same whenever it comes; another body under the same key has another.</summary>
    public string Fingerprint { get; }

    public static RepeatableRequest? Of(HttpContext? context) => context?.Features.Get<RepeatableRequest>();
}
