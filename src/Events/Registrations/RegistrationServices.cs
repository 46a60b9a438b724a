using Maydon.Events.Registrations.Own;
using Maydon.Inventory;
using Maydon.Kernel.Operations;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Events.Registrations;

internal static class RegistrationServices
{
    public static void AddRegistrations(this IServiceCollection services)
    {
        services.AddSingleton<SeatChanges>();
        services.AddClaimHandler<RegistrationClaims>();
        services.AddScoped<OwnRegistrations>();
        services.AddScoped<IInvariantCheck, RegistrationsMatchClaims>();
        services.AddScoped<IInvariantCheck, SeatsMatchRegistrations>();
    }
}
