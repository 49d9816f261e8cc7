using Nabla.Tests;

namespace Nabla.Mpi.Tests;

/// <summary>Several processes, started as a user would.</summary>
public sealed class MpiCommunicatorTests
{
    public static TheoryData<string> Kinds => Launched.Kinds;

    public static TheoryData<string, int> KindsAndSizes => [.. new MatrixTheoryData<string, int>(["mpich", "openmpi"], [1, 2, 3, 4]).Select(row => row.Data)];

    [Theory, MemberData(nameof(KindsAndSizes))]
    public void Each_operation_moves_what_it_should(string kind, int processes)
    {
        Launched run = Launched.By(kind, processes, "exchange");
        Assert.True(run.Code == 0, run.Error);
        Assert.Equal(Enumerable.Range(0, processes).Select(rank => $"rank {rank} of {processes} with {Description(kind)}"), run.Lines.Select(WithoutHost));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Null_references_are_caught_as_without_MPI(string kind)
    {
        Launched run = Launched.By(kind, 2, "null");
        Assert.True(run.Code == 0, run.Error);
        Assert.Equal(2, run.Lines.Length);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Any_thread_may_call(string kind)
    {
        Launched run = Launched.By(kind, 2, "threads");
        Assert.True(run.Code == 0, run.Error);
        Assert.Equal(2, run.Lines.Length);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_program_that_ends_without_a_goodbye_ends_well(string kind)
    {
        Launched run = Launched.By(kind, 3, "forget 1");
        Assert.True(run.Code == 0, run.Error);
        Assert.Equal(["rank 0 of 3", "rank 1 of 3", "rank 2 of 3"], run.Lines);
        Assert.Empty(run.News);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_process_that_is_killed_is_named_and_ends_all(string kind)
    {
        Launched run = Launched.By(kind, 4, "kill 2");
        Assert.NotEqual(0, run.Code);
        Assert.Matches(@"^nabla: rank 2 of 4 \(pid \d+ on .+\) has died; the others stop\.$", Assert.Single(run.News));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_process_whose_exception_nobody_catches_is_named_and_ends_all(string kind) => Fails(kind, "throw 1", 1, "System.IO.InvalidDataException: a reason of its own");

    [Theory, MemberData(nameof(Kinds))]
    public void A_process_that_gives_up_is_named_and_ends_all(string kind) => Fails(kind, "abort 1", 7, "a reason of its own");

    [Theory, MemberData(nameof(Kinds))]
    public void A_process_with_an_exit_code_is_named_and_ends_all(string kind) => Fails(kind, "exit 1", 5, "exit code 5");

    [Theory, MemberData(nameof(Kinds))]
    public void A_process_that_nobody_launched_is_alone(string kind)
    {
        Mpiexec.SkipUnlessInstalled(kind);
        Launched run = Launched.Alone("exchange", ("NABLA_MPI_LIBRARY", Library(kind)));
        Assert.True(run.Code == 0, run.Error);
        Assert.Equal([$"rank 0 of 1 with {Description(kind)}"], run.Lines.Select(WithoutHost));
    }

    [Fact]
    public void A_library_of_another_MPI_than_the_launcher_is_refused()
    {
        Mpiexec.SkipUnlessInstalled("mpich");
        Launched run = Launched.By("openmpi", 2, "exchange", ("NABLA_MPI_LIBRARY", "libmpich.so.12"));
        Assert.NotEqual(0, run.Code);
        Assert.Contains("mpiexec of Open MPI has started 2 processes, but MPICH", run.Error, StringComparison.Ordinal);
        run = Launched.By("mpich", 2, "exchange", ("NABLA_MPI_LIBRARY", "libmpi.so.40"));
        Assert.NotEqual(0, run.Code);
        Assert.Contains("mpiexec of MPICH has started 2 processes, but Open MPI", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("libnothing.so.7", "NABLA_MPI_LIBRARY is 'libnothing.so.7', which cannot be loaded. It is to be the name or path of an MPI library, such as libmpich.so.12.")]
    [InlineData("libm.so.6", "NABLA_MPI_LIBRARY is 'libm.so.6', which is no MPI library, or one older than MPI 3: it has no MPI_Get_library_version. It is to be the name or path of an MPI library, such as libmpich.so.12.")]
    public void A_named_library_that_is_none_is_refused(string name, string message)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux's libraries have such names.");
        Launched run = Launched.Alone("exchange", ("NABLA_MPI_LIBRARY", name));
        Assert.Equal((1, message), (run.Code, run.Error.Trim()));
    }

    private static void Fails(string kind, string arguments, int code, string reason)
    {
        Launched run = Launched.By(kind, 3, arguments);
        Assert.Equal(code, run.Code);
        Assert.Matches($@"^nabla: rank 1 of 3 \(pid \d+ on .+\) has failed and ends the others: {reason}$", Assert.Single(run.News));
    }

    private static string Library(string kind) => kind == "mpich" ? "libmpich.so.12" : "libmpi.so.40";

    private static string Description(string kind) => kind == "mpich" ? "MPICH" : "Open MPI";

    // "rank 0 of 1 with MPICH 4.0.2 on host": neither the version nor the host is ours to know.
    private static string WithoutHost(string line) => line[..line.LastIndexOf(' ', line.LastIndexOf(" on ", StringComparison.Ordinal) - 1)];
}
