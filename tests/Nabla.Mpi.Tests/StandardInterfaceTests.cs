using System.Diagnostics;
using Nabla.Tests;

namespace Nabla.Mpi.Tests;

/// <summary>The binary interface of MPI 5, in a library that is compiled here around MPICH, as no package of Debian 12 has one.</summary>
public sealed class StandardInterfaceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_library_with_the_interface_of_MPI_5_is_used()
    {
        string library = Compile();
        foreach (int processes in new[] { 1, 3 })
        {
            Launched run = Launched.By("mpich", processes, "exchange", ("NABLA_MPI_LIBRARY", library));
            Assert.True(run.Code == 0, run.Error);
            Assert.Equal(
                Enumerable.Range(0, processes).Select(rank => $"rank {rank} of {processes} with Standard Shim 1.0.0 on {Environment.MachineName}"), run.Lines);
        }
        Launched killed = Launched.By("mpich", 3, "kill 1", ("NABLA_MPI_LIBRARY", library));
        Assert.StartsWith("nabla: rank 1 of 3", Assert.Single(killed.News), StringComparison.Ordinal);
    }

    private string Compile()
    {
        Mpiexec.SkipUnlessInstalled("mpich");
        string library = _folder["libstandard.so"];
        try
        {
            using Process compiler = Process.Start(new ProcessStartInfo("cc", ["-shared", "-fPIC", "-Wall", "-Werror", "-o", library, Path.Combine(AppContext.BaseDirectory, "standard_mpi.c"), "-l:libmpich.so.12"]) { RedirectStandardError = true })!;
            string error = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            Assert.True(compiler.ExitCode == 0, error);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("There is no C compiler: on Debian the package gcc has cc.");
        }
        return library;
    }
}
