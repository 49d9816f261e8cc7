using System.Globalization;

namespace Nabla.Tests;

/// <summary>The launchers of the two MPIs that Debian has.</summary>
internal static class Mpiexec
{
    /// <summary>Both of them.</summary>
    public static string[] Kinds { get; } = ["mpich", "openmpi"];

    /// <summary>What starts some processes, before the program's own command; the test is skipped where it is not installed.</summary>
    public static string[] Command(string kind, int processes)
    {
        SkipUnlessInstalled(kind);
        // Without these Open MPI starts neither for root, as in containers, nor more processes than there are cores.
        string[] options = kind == "openmpi" ? ["--allow-run-as-root", "--oversubscribe"] : [];
        return [Find(kind)!, .. options, "-n", processes.ToString(CultureInfo.InvariantCulture)];
    }

    /// <summary>Skips the test where an MPI, with its launcher, is not installed.</summary>
    public static void SkipUnlessInstalled(string kind) =>
        Assert.SkipUnless(Find(kind) is not null, $"There is no mpiexec.{kind} on the PATH: on Debian the package {(kind == "mpich" ? "mpich" : "openmpi-bin")} has it.");

    private static string? Find(string kind) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Select(folder => Path.Combine(folder, $"mpiexec.{kind}")).FirstOrDefault(File.Exists);
}
