using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Maydon.Kernel.Settings;
using Maydon.Shop.Orders.Deciding;

namespace Maydon.Shop.Orders.Reading;

/// <summary>
/// Links by which a guest reads, pays and cancels one order on any device: who has the mail has the right. They need no row: the token is a
/// signature of the order's id and its cart's random ref, so that it opens no other order that gets the same id in a database made anew or restored;
/// a new <c>SECRET_KEY</c> ends them all.
/// </summary>
internal sealed class OrderLinks(MaydonSettings settings)
{
    // 128 bits cannot be guessed, and 22 letters survive every mail program.
    private const int SignatureBytes = 16;

    private readonly byte[] _key = DerivedKey.Of(settings, "maydon.shop", "order links");

    public Uri To(OrderState order) => new(settings.PublicUrl, string.Create(CultureInfo.InvariantCulture, $"/api/orders/{order.Id}/?token={TokenOf(order)}"));

    public bool IsValid(OrderState order, string token) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(TokenOf(order)));

    private string TokenOf(OrderState order)
    {
        Span<byte> signed = stackalloc byte[sizeof(long) + 16];
        BinaryPrimitives.WriteInt64BigEndian(signed, order.Id);
        order.CartRef.TryWriteBytes(signed[sizeof(long)..]);
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, signed, signature);
        return Base64Url.EncodeToString(signature[..SignatureBytes]);
    }
}
