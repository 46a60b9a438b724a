using Maydon.Kernel.Operations;

namespace Maydon.Events.Registrations;

internal sealed partial class RegistrationRound
{
    static partial void IgnoreGuard(string guard, ref bool holds) => holds |= BrokenGuards.Contains(guard);
}
