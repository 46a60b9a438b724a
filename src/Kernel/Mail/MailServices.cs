using Maydon.Kernel.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Kernel.Mail;

internal static class MailServices
{
    public static IServiceCollection AddMail(this IServiceCollection services, MailBackend backend)
    {
        services.AddSingleton<MailComposer>();
        services.AddScoped<SendTestMail>();
        return backend switch
        {
            MailBackend.Smtp => services.AddSingleton<IMailSender, SmtpMailSender>(),
            MailBackend.Console => services.AddSingleton<IMailSender, ConsoleMailSender>(),
            _ => services.AddSingleton<IMailSender, FileMailSender>(),
        };
    }
}
