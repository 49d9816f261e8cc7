using System.Diagnostics;
using System.Globalization;
using System.Text;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>Runs the command line as a user would: as a process of its own, with its own cache, and no way to the internet.</summary>
internal sealed class NablaProcess : IDisposable
{
    // Port 9 of this machine: nobody listens there, and a connection is refused at once.
    private const string NoMirror = "http://127.0.0.1:9/";

    // No command that a test gives takes a tenth of this; without a limit, one that waits for ever would hold up all tests.
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Task _reading;
    private readonly Task<string> _error;

    private NablaProcess(TemporaryFolder folder, string? data, string[] arguments, long? memory = null, (int Columns, string Kind)? terminal = null, (string Name, string Value)[]? environment = null, string[]? launcher = null)
    {
        string program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Nabla.Cli.exe" : "Nabla.Cli");
        ProcessStartInfo start = terminal is (int columns, string kind)
            ? new("script", ["-qec", $"stty cols {columns} rows 50; TERM={kind} exec '{program}' {string.Join(' ', arguments)}", "/dev/null"])
            : launcher is not null ? new(launcher[0], [.. launcher[1..], program, .. arguments])
            : new(program, arguments);
        start.WorkingDirectory = folder.FullName;
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.RedirectStandardInput = terminal is not null;
        start.Environment.Remove("NABLA_DATA");
        if (data is not null)
        {
            start.Environment["NABLA_DATA"] = data;
        }
        start.Environment["NABLA_MIRRORS"] = NoMirror;
        start.Environment["HOME"] = folder["home"];
        start.Environment["XDG_CACHE_HOME"] = folder["cache"];
        start.Environment["LOCALAPPDATA"] = folder["cache"];
        if (launcher is not null)
        {
            // Open MPI gives its processes a terminal, and .NET sends it a greeting.
            start.Environment["TERM"] = "dumb";
        }
        foreach ((string name, string value) in environment ?? [])
        {
            start.Environment[name] = value;
        }
        if (memory is long bytes)
        {
            start.Environment["DOTNET_GCHeapHardLimit"] = bytes.ToString("x", CultureInfo.InvariantCulture);
        }
        _process = Process.Start(start)!;
        _reading = Task.Run(Read);
        _error = _process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    /// <summary>Whether the program has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Starts the program; its working directory is <paramref name="folder"/>.</summary>
    public static NablaProcess Start(TemporaryFolder folder, string? data, params string[] arguments) => new(folder, data, arguments);

    /// <summary>Starts the program with more in its environment.</summary>
    public static NablaProcess StartWith((string Name, string Value)[] environment, TemporaryFolder folder, params string[] arguments) => new(folder, null, arguments, environment: environment);

    /// <summary>Starts several processes of the program by MPI; the test is skipped where that MPI is not installed.</summary>
    public static NablaProcess StartDistributed(string mpi, int processes, TemporaryFolder folder, params string[] arguments) => new(folder, null, arguments, launcher: Mpiexec.Command(mpi, processes));

    /// <summary>Runs the program to its end without NABLA_DATA.</summary>
    public static (int Code, string Output, string Error) Run(TemporaryFolder folder, params string[] arguments)
    {
        using NablaProcess process = Start(folder, null, arguments);
        return process.Finish();
    }

    /// <summary>Runs the program to its end with no more memory than some bytes.</summary>
    public static (int Code, string Output, string Error) RunWithin(long memory, TemporaryFolder folder, params string[] arguments)
    {
        using NablaProcess process = new(folder, null, arguments, memory);
        return process.Finish();
    }

    /// <summary>Runs the program to its end in a terminal; both outputs come back as one, with what moves the cursor.</summary>
    public static (int Code, string Output) RunInTerminal(TemporaryFolder folder, int columns, string kind, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"), "Needs 'script', which gives a process a terminal.");
        using NablaProcess process = new(folder, null, arguments, terminal: (columns, kind));
        (int code, string output, _) = process.Finish();
        return (code, output);
    }

    public (int Code, string Output, string Error) Finish()
    {
        EndIf(!_process.WaitForExit(TimeLimit));
        _reading.GetAwaiter().GetResult();
        return (_process.ExitCode, OutputSoFar, _error.GetAwaiter().GetResult());
    }

    /// <summary>Waits until the program has printed something, or has ended.</summary>
    /// <returns>All that it has printed.</returns>
    public string WaitFor(string text)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (!OutputSoFar.Contains(text, StringComparison.Ordinal) && !_reading.IsCompleted)
        {
            EndIf(waited.Elapsed > TimeLimit);
            Thread.Sleep(5);
        }
        return OutputSoFar;
    }

    private void EndIf(bool tooLate)
    {
        if (tooLate)
        {
            _process.Kill(entireProcessTree: true);
            Assert.Fail($"nabla {string.Join(' ', _process.StartInfo.ArgumentList)} took more than {TimeLimit.TotalMinutes} minutes: {OutputSoFar}");
        }
    }

    /// <summary>All that the program has printed by now.</summary>
    public string OutputSoFar
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    private void Read()
    {
        char[] buffer = new char[4096];
        int count;
        while ((count = _process.StandardOutput.Read(buffer)) > 0)
        {
            lock (_output)
            {
                _output.Append(buffer, 0, count);
            }
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            // What it held is free only then.
            _process.WaitForExit();
        }
        _process.Dispose();
    }
}
