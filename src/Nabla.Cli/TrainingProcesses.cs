using System.CommandLine;
using System.Globalization;
using System.Text;
using Nabla.Cli.Display;

namespace Nabla.Cli;

/// <summary>
/// The processes of one training: this one alone, or those that <c>mpiexec</c> has started. The first of them prints and saves; the others say something only where they fail.
/// </summary>
internal sealed class TrainingProcesses : IDisposable
{
    private const string Mpi = "mpi", None = "none";

    // The same mistake is found by all processes at once; the first one says it in the words of the command.
    private static readonly TimeSpan TurnOfFirst = TimeSpan.FromSeconds(1);

    private readonly MpiCommunicator? _mpi;

    private TrainingProcesses(MpiCommunicator? mpi)
    {
        _mpi = mpi;
        Communicator = mpi is null ? SingleProcess.Instance : mpi;
    }

    /// <summary>Whom the trainer asks.</summary>
    public ICommunicator Communicator { get; }

    /// <summary>Whether this one prints and saves.</summary>
    public bool IsFirst => Communicator.Rank == 0;

    /// <summary>Threads of this process where none are asked for: the processors of the computer, shared among its processes.</summary>
    public int Threads => _mpi is null ? new TrainingOptions().Threads : Math.Clamp(Environment.ProcessorCount / _mpi.Hosts.Count(host => host == _mpi.Hosts[_mpi.Rank]), 1, TrainingOptions.MaxThreads);

    /// <summary>Whether files of data are mapped, so that the processes of a computer have one copy of them.</summary>
    public bool ShareFiles => Communicator.Size > 1;

    /// <summary>What the option chooses from.</summary>
    public static Option<string?> CreateOption()
    {
        Option<string?> option = new("--distributed")
        {
            Description = "Whether several processes train the network together, with the weights that one would train: mpi, those that mpiexec or srun has started; none, each for itself. mpi if not given, where there are several.",
            HelpName = $"{Mpi}|{None}",
        };
        option.AcceptOnlyFromAmong(Mpi, None);
        return option;
    }

    /// <summary>Finds the other processes.</summary>
    /// <param name="asked">What the option says.</param>
    /// <exception cref="IOException">There is no MPI that can be used.</exception>
    public static TrainingProcesses Start(string? asked) =>
        new(asked == Mpi || (asked is null && MpiCommunicator.LaunchedProcesses > 1) ? MpiCommunicator.Start() : null);

    /// <summary>Says who trains, where there are several.</summary>
    public void Introduce(TextWriter notes)
    {
        if (_mpi is not null)
        {
            string hosts = string.Join(", ", _mpi.Hosts.CountBy(host => host).Select(host => string.Create(CultureInfo.InvariantCulture, $"{host.Value} on {PlainText.Of(host.Key)}")));
            notes.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Distributed: {_mpi.Size} processes by {_mpi.Description} ({hosts}), {Threads} thread{(Threads == 1 ? "" : "s")} each unless --threads says otherwise"));
        }
    }

    /// <summary>Does something in all processes; where it fails in one, all end.</summary>
    /// <param name="command">What the failing command is called.</param>
    /// <param name="run">What is done.</param>
    public int Run(string command, Func<int> run)
    {
        if (_mpi is null)
        {
            return run();
        }
        try
        {
            return run();
        }
#pragma warning disable CA1031 // Whatever it was: the others wait for this process.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            bool isStopped = exception is OperationCanceledException;
            string message = isStopped ? "stopped." : CommandLine.MessageOf(exception);
            if (IsFirst)
            {
                PlainText.Error.WriteLine($"{command}: {message}");
                _mpi.Abort(reason: null, isStopped ? ExitCode.Interrupted : ExitCode.Failure);
            }
            Thread.Sleep(TurnOfFirst);
            _mpi.Abort(message, ExitCode.Failure);
            throw;
        }
    }

    /// <summary>What the first process has, for all.</summary>
    public string Share(string text)
    {
        byte[] bytes = IsFirst ? Encoding.UTF8.GetBytes(text) : [];
        byte[] length = BitConverter.GetBytes(bytes.Length);
        Communicator.Broadcast(length, root: 0);
        bytes = IsFirst ? bytes : new byte[BitConverter.ToInt32(length)];
        Communicator.Broadcast(bytes, root: 0);
        return Encoding.UTF8.GetString(bytes);
    }

    public void Dispose() => _mpi?.Dispose();
}
