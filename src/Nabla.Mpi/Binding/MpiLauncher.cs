using System.Globalization;

namespace Nabla.Mpi.Binding;

/// <summary>What started this process as one of several, as far as the environment tells.</summary>
/// <param name="Name">As a user knows it.</param>
/// <param name="Size">How many processes it has started.</param>
/// <param name="Interface">The binary interface of the library that goes with it, if it goes with one alone.</param>
internal sealed record MpiLauncher(string Name, int Size, MpiInterface? Interface)
{
    /// <summary>The launcher of this process; null if it was started by itself.</summary>
    public static MpiLauncher? Current =>
        Number("OMPI_COMM_WORLD_SIZE") is int openMpi ? new("mpiexec of Open MPI", openMpi, MpiInterface.OpenMpi)
        // An mpiexec within a Slurm job has Slurm's variables, too: its own come first.
        : Number("PMI_SIZE") is int processes ? new(IsSlurm ? "srun" : "mpiexec of MPICH", processes, IsSlurm ? null : MpiInterface.Mpich)
        : Number("SLURM_STEP_NUM_TASKS") is int tasks ? new("srun", tasks, null)
        : null;

    private static bool IsSlurm => Environment.GetEnvironmentVariable("PMI_FD") is not null && Environment.GetEnvironmentVariable("SLURM_STEP_ID") is not null && Environment.GetEnvironmentVariable("MPI_LOCALNRANKS") is null;

    /// <summary>What to do about a library that does not see the processes that this has started.</summary>
    public string Advice => Interface switch
    {
        MpiInterface.OpenMpi => "use the mpiexec of the library, or set NABLA_MPI_LIBRARY to libmpi.so.40",
        MpiInterface.Mpich => "use the mpiexec of the library, or set NABLA_MPI_LIBRARY to libmpich.so.12",
        _ => "start it by srun --mpi=pmi2 or --mpi=pmix, whichever the library was built for (srun --mpi=list says what there is)",
    };

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? number : null;
}
