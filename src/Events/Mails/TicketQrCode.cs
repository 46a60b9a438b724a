using QRCoder;

namespace Maydon.Events.Mails;

internal static class TicketQrCode
{
    /// <summary>Big enough to be read from a scratched screen.</summary>
    private const int PixelsPerModule = 10;

    /// <summary>A PNG that decodes to exactly the ticket code.</summary>
    public static byte[] Draw(string ticketCode)
    {
        using var data = QRCodeGenerator.GenerateQrCode(ticketCode, QRCodeGenerator.ECCLevel.M);
        using var png = new PngByteQRCode(data);
        return png.GetGraphic(PixelsPerModule);
    }
}
