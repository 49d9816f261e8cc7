using Nabla.Mpi.Binding;

namespace Nabla.Mpi.Tests;

/// <summary>A library is recognised by the text with which it describes itself.</summary>
public sealed class MpiLibraryTests
{
    [Theory]
    [InlineData("MPICH Version:\t4.0.2\nMPICH Release date:\tThu Apr  7 12:34:45 CDT 2022\n", "MPICH 4.0.2", "Mpich")]
    [InlineData("Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4, repo rev: v4.1.4, May 26, 2022", "Open MPI 4.1.4", "OpenMpi")]
    [InlineData("Open MPI v5.0.0rc1, package: Open MPI, ident: 5.0.0rc1", "Open MPI 5.0.0rc1", "OpenMpi")]
    [InlineData("Intel(R) MPI Library 2021.9 for Linux* OS\n", "Intel(R) MPI 2021.9", "Mpich")]
    [InlineData("MVAPICH2 Version      :\t2.3.7\nMVAPICH2 Release date : Wed March 02", "MVAPICH2 2.3.7", "Mpich")]
    [InlineData("MPI VERSION    : CRAY MPICH version 8.1.25.17 (ANL base 3.4a2)\n", "CRAY MPICH 8.1.25.17", "Mpich")]
    [InlineData("IBM Spectrum MPI v10.3.0.00, package: IBM Spectrum MPI", "IBM Spectrum MPI 10.3.0.00", "OpenMpi")]
    [InlineData("Another MPI", "Another MPI", null)]
    public void Name_version_and_interface_are_told_from_the_text(string text, string description, string? kind)
    {
        Assert.Equal(description, MpiLibrary.ShortVersion(text));
        Assert.Equal(kind, MpiLibrary.InterfaceOf(text)?.ToString());
    }
}
