using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Maydon.Kernel.Settings;

namespace Maydon.Shop.Orders.Reading;

/// <summary>
/// Links by which a guest reads, pays and cancels one order on any device: who has the mail has the right. They need no row: the token is a
/// signature of the order's id, and a new <c>SECRET_KEY</c> ends them all.
/// </summary>
internal sealed class OrderLinks(MaydonSettings settings)
{
    // 128 bits cannot be guessed, and 22 letters survive every mail program.
    private const int SignatureBytes = 16;

    private readonly byte[] _key = DerivedKey.Of(settings, "maydon.shop", "order links");

    public Uri To(long orderId) => new(settings.PublicUrl, string.Create(CultureInfo.InvariantCulture, $"/api/orders/{orderId}/?token={TokenOf(orderId)}"));

    public bool IsValid(long orderId, string? token) =>
        token is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(TokenOf(orderId)));

    private string TokenOf(long orderId)
    {
        Span<byte> id = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(id, orderId);
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, id, signature);
        return Base64Url.EncodeToString(signature[..SignatureBytes]);
    }
}
