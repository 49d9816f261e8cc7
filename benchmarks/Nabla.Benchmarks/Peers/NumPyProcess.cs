using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nabla.Benchmarks;

/// <summary>
/// NumPy in a Python process of its own, which runs <c>numpy_workloads.py</c>. It finds its numbers as files of floats in a
/// folder, gets orders on its standard input, a line each, and takes its own time.
/// </summary>
internal sealed class NumPyProcess : IContestant
{
    private const string OldestKernels = "Prescott";

    /// <summary>
    /// An OpenBLAS that is older than the processor falls back to kernels of 2004, some four times slower than what it has:
    /// then the name of better ones, otherwise null.
    /// </summary>
    private static readonly Lazy<string?> Kernels = new(() => !AskVersion(null).Contains(OldestKernels, StringComparison.Ordinal) ? null
        : Avx512F.IsSupported ? "SkylakeX"
        : Avx2.IsSupported ? "Haswell"
        : null);

    private readonly string _folder;
    private readonly Process _python;

    /// <param name="workload">Name of a class in the script.</param>
    /// <param name="threads">Threads of OpenBLAS.</param>
    /// <param name="options">Figures that the class needs; names and shapes of <paramref name="arrays"/> are added.</param>
    /// <param name="arrays">Name, shape and numbers of each array.</param>
    public NumPyProcess(string workload, int threads, JsonObject options, params IEnumerable<(string Name, Shape Shape, float[] Values)> arrays)
    {
        _folder = Directory.CreateTempSubdirectory("nabla-benchmarks-").FullName;
        JsonArray descriptions = [];
        foreach ((string name, Shape shape, float[] values) in arrays)
        {
            string file = $"{descriptions.Count}.floats";
            using (FileStream stream = File.Create(Path.Combine(_folder, file)))
            {
                stream.Write(MemoryMarshal.AsBytes(values.AsSpan()));
            }
            descriptions.Add(new JsonObject { ["name"] = name, ["shape"] = new JsonArray([.. shape.Select(extent => JsonValue.Create(extent))]), ["file"] = file });
        }
        options["arrays"] = descriptions;
        File.WriteAllText(Path.Combine(_folder, "workload.json"), options.ToJsonString());
        _python = Start(threads, Kernels.Value, workload, _folder);
        try
        {
            Answer();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The versions of NumPy and OpenBLAS, and for which processor OpenBLAS' kernels are.</summary>
    public static string Version() => AskVersion(Kernels.Value) + (Kernels.Value is null ? "" : ", chosen here since it does not know this processor and would take its oldest");

    public double[] Check() => JsonSerializer.Deserialize<double[]>(Ask("check"))!;

    public double Run(int count) => double.Parse(Ask($"run {count}"), CultureInfo.InvariantCulture);

    public void Dispose()
    {
        _python.StandardInput.Close();
        _python.WaitForExit();
        _python.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    // Debian's, not any Python of a virtual environment, whose NumPy may bring another OpenBLAS.
    private static string Python => File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    private static string AskVersion(string? kernels)
    {
        using Process python = Start(1, kernels, "version");
        string? line = python.StandardOutput.ReadLine();
        python.WaitForExit();
        return line ?? throw new InvalidOperationException($"{Python} has no NumPy with OpenBLAS; on Debian: apt-get install python3-numpy libopenblas0");
    }

    private static Process Start(int threads, string? kernels, params string[] arguments)
    {
        ProcessStartInfo start = new(Python, [Path.Combine(AppContext.BaseDirectory, "numpy_workloads.py"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["OPENBLAS_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        if (kernels is not null)
        {
            start.Environment["OPENBLAS_CORETYPE"] = kernels;
        }
        start.Environment.Remove("LD_PRELOAD"); // what TorchSharp may need is not for Python
        return Process.Start(start)!;
    }

    private string Ask(string order)
    {
        _python.StandardInput.WriteLine(order);
        _python.StandardInput.Flush();
        return Answer();
    }

    private string Answer() => _python.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The Python process has ended; its error message is above.");
}
