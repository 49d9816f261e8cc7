namespace Nabla.Mpi.Binding;

/// <summary>The binary interfaces of MPI: functions have the same names and arguments in all of them, handles and constants differ.</summary>
internal enum MpiInterface
{
    /// <summary>MPICH's, which Intel MPI, MVAPICH and Cray MPICH have, too: handles are ints.</summary>
    Mpich,

    /// <summary>Open MPI's before its standard one, and IBM Spectrum MPI's: handles point to objects that the library exports.</summary>
    OpenMpi,

    /// <summary>That of MPI 5: handles are pointers, and those of the standard small numbers.</summary>
    Standard,
}
