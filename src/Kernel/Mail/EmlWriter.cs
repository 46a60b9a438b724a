using System.Net.Mail;

namespace Maydon.Kernel.Mail;

/// <summary>A message as the bytes of an .eml file. .NET writes them only into a directory, under a name of its own, with its envelope on top.</summary>
internal static class EmlWriter
{
    public static async Task<byte[]> WriteAsync(MailMessage message, string directory, CancellationToken cancellationToken)
    {
        // Of the owner alone: the directory may be everybody's, and the mail holds codes and tickets.
        var pickup = Directory.CreateDirectory(Path.Combine(directory, $".making-{Path.GetRandomFileName()}"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            using (var client = new SmtpClient { DeliveryMethod = SmtpDeliveryMethod.SpecifiedPickupDirectory, PickupDirectoryLocation = pickup.FullName })
                await client.SendMailAsync(message, cancellationToken);
            return WithoutEnvelope(await File.ReadAllBytesAsync(pickup.GetFiles().Single().FullName, cancellationToken));
        }
        finally
        {
            pickup.Delete(recursive: true);
        }
    }

    private static byte[] WithoutEnvelope(ReadOnlySpan<byte> eml)
    {
        while (eml.StartsWith("X-Sender:"u8) || eml.StartsWith("X-Receiver:"u8))
        {
            eml = eml[(eml.IndexOf("\r\n"u8) + 2)..];
            while (eml.StartsWith(" "u8))
                eml = eml[(eml.IndexOf("\r\n"u8) + 2)..];
        }

        return eml.ToArray();
    }
}
