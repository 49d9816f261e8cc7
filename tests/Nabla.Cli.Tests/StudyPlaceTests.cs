using Nabla.Cli.Studies;

namespace Nabla.Cli.Tests;

/// <summary>Which part of a study schedulers and MPI tell a process to begin with.</summary>
public sealed class StudyPlaceTests
{
    [Theory]
    [InlineData("", "all runs, from the first")]
    [InlineData("SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=8 SLURM_ARRAY_TASK_STEP=1 SLURM_ARRAY_TASK_COUNT=8", "begins with part 3 of 8, by SLURM_ARRAY_TASK_ID")]
    [InlineData("SLURM_ARRAY_TASK_ID=30 SLURM_ARRAY_TASK_MIN=10 SLURM_ARRAY_TASK_MAX=50 SLURM_ARRAY_TASK_STEP=10", "begins with part 3 of 5, by SLURM_ARRAY_TASK_ID")]
    [InlineData("SLURM_ARRAY_TASK_ID=9 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=9 SLURM_ARRAY_TASK_COUNT=3", "begins with part 3 of 3, by SLURM_ARRAY_TASK_ID")]
    [InlineData("SLURM_ARRAY_TASK_ID=0", "begins with part 1, by SLURM_ARRAY_TASK_ID")]
    [InlineData("SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=3 SLURM_PROCID=1 SLURM_NTASKS=4", "begins with part 6 of 12, by SLURM_ARRAY_TASK_ID and SLURM_PROCID")]
    [InlineData("SLURM_PROCID=0 SLURM_NTASKS=2", "begins with part 1 of 2, by SLURM_PROCID")]
    [InlineData("OMPI_COMM_WORLD_RANK=3 OMPI_COMM_WORLD_SIZE=4 SLURM_PROCID=0 SLURM_NTASKS=1", "begins with part 4 of 4, by OMPI_COMM_WORLD_RANK")]
    [InlineData("PMI_RANK=1 PMI_SIZE=2", "begins with part 2 of 2, by PMI_RANK")]
    [InlineData("JOB_COMPLETION_INDEX=7", "begins with part 8, by JOB_COMPLETION_INDEX")]
    public void The_environment_says_it(string environment, string expected) => Assert.Equal(expected, StudyPlace.Find(null, Variables(environment)).ToString());

    [Theory]
    [InlineData("SLURM_ARRAY_TASK_ID=x")]
    [InlineData("SLURM_ARRAY_TASK_ID=9 SLURM_ARRAY_TASK_MAX=8")]
    [InlineData("SLURM_PROCID=-1")]
    [InlineData("OMPI_COMM_WORLD_RANK=4 OMPI_COMM_WORLD_SIZE=4")]
    [InlineData("PMI_RANK=0 PMI_SIZE=0")]
    [InlineData("JOB_COMPLETION_INDEX=1.5")]
    public void What_makes_no_sense_is_an_error_that_names_the_variable(string environment)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => StudyPlace.Find(null, Variables(environment)));
        Assert.Matches("^[A-Z_]+: found '.+' in the environment, expected a whole number (of at least|from) ", error.Message);
    }

    [Fact]
    public void The_option_comes_before_the_environment() =>
        Assert.Equal("begins with part 2 of 3, by --part", StudyPlace.Find(StudyPlace.Parse("2/3"), Variables("SLURM_PROCID=x")).ToString());

    [Theory]
    [InlineData("0/3")]
    [InlineData("4/3")]
    [InlineData("1")]
    [InlineData("1/2/3")]
    [InlineData("a/b")]
    public void A_part_is_one_of_some(string text) => Assert.Null(StudyPlace.Parse(text));

    private static Func<string, string?> Variables(string environment)
    {
        Dictionary<string, string> variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        return variables.GetValueOrDefault;
    }
}
