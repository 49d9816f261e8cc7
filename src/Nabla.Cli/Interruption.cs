using System.Runtime.InteropServices;

namespace Nabla.Cli;

/// <summary>
/// Turns the first Ctrl-C (or a polite kill) into a cancellation; a second one ends the process at once, but leaves the
/// terminal, and what <see cref="AppDomain.ProcessExit"/> looks after, as they should be.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private const string ShowCursor = "\u001b[?25h\r\n";

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    public Interruption() =>
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle)];

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
        // A progress bar hides the cursor.
        if (!Console.IsOutputRedirected)
        {
            Console.Out.Write(ShowCursor);
        }
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write(ShowCursor);
        }
        Environment.Exit(ExitCode.Interrupted);
    }
}
