using System.Runtime.InteropServices;

namespace Nabla.Cli;

/// <summary>
/// Turns the first Ctrl-C (or a polite kill) into a cancellation; a second one ends the process at once, but leaves the
/// terminal, and what <see cref="AppDomain.ProcessExit"/> looks after, as they should be.
/// </summary>
internal sealed class Interruption : IDisposable
{
    // SIGUSR1 has no name in .NET; raw numbers are taken as they are.
    private const int UserSignalOfLinux = 10, UserSignalOfMacOS = 30;

    private const string ShowCursor = "\u001b[?25h\r\n";

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    private readonly bool _isScheduled;

    /// <param name="isScheduled">
    /// Whether it is a job that a scheduler may end: then SIGUSR1 does the same, of which Slurm's --signal warns before a limit, and only a second Ctrl-C is impatience, since schedulers send several kinds.
    /// </param>
    public Interruption(bool isScheduled = false)
    {
        _isScheduled = isScheduled;
        List<PosixSignal> signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM];
        if (isScheduled && !OperatingSystem.IsWindows())
        {
            signals.Add((PosixSignal)(OperatingSystem.IsMacOS() ? UserSignalOfMacOS : UserSignalOfLinux));
        }
        _registrations = [.. signals.Select(signal => PosixSignalRegistration.Create(signal, Handle))];
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (!_source.IsCancellationRequested)
        {
            _source.Cancel();
            return;
        }
        if (_isScheduled && context.Signal != PosixSignal.SIGINT)
        {
            return;
        }
        // A progress bar hides the cursor.
        if (!Console.IsOutputRedirected)
        {
            Console.Out.Write(ShowCursor);
        }
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write(ShowCursor);
        }
        Environment.Exit(_isScheduled ? ExitCode.Preempted : ExitCode.Interrupted);
    }
}
