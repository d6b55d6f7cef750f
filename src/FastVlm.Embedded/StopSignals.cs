using System.Runtime.InteropServices;

namespace FastVlm.Embedded;

/// <summary>
/// Turns the first SIGINT, SIGTERM or SIGHUP into a cancellation, so that cameras are closed and ffmpeg is gone before
/// the process ends. A second signal ends the process as the operating system would.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    // What shells report for a process that a signal ended: 128 + its number.
    private const int SignalExitCodeBase = 128;

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _exitCode;

    public StopSignals() =>
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context, 2)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context, 15)),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => OnSignal(context, 1)),
        ];

    public CancellationToken Token => _source.Token;

    /// <summary>130 (Ctrl-C), 143 (SIGTERM) or 129 (SIGHUP); null where no signal came.</summary>
    public int? ExitCode => Volatile.Read(ref _exitCode) is > 0 and var code ? code : null;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context, int number)
    {
        if (Interlocked.CompareExchange(ref _exitCode, SignalExitCodeBase + number, 0) == 0)
        {
            context.Cancel = true;
            _source.Cancel();
        }
    }
}
