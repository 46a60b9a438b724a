using System.Runtime.InteropServices;

namespace Maydon.Running;

/// <summary>Ctrl-C, a service manager's stop and the closing of the terminal, from the first moment on, so that nothing is left half started.</summary>
internal sealed class TerminationSignals : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    public TerminationSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, 130)),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, 143)),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => Stop(context, 129)),
    ];

    public CancellationToken Token => _source.Token;

    /// <summary>What shells expect of an interrupted program; null while there was no signal.</summary>
    public int? ExitCode { get; private set; }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    private void Stop(PosixSignalContext context, int exitCode)
    {
        context.Cancel = true;
        ExitCode ??= exitCode;
        _source.Cancel();
    }
}
