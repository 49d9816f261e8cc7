using System.Globalization;

namespace Nabla.Cli.Studies;

/// <summary>Which part of a study a process begins with, and who said so.</summary>
/// <param name="Part">The part; null for none.</param>
/// <param name="Source">The option or the variable of the environment that said it; empty where nothing did.</param>
internal sealed record StudyPlace(StudyPart? Part, string Source)
{
    private const string SlurmTask = "SLURM_ARRAY_TASK_ID", SlurmProcess = "SLURM_PROCID";

    /// <summary>Reads I/N, I from 1.</summary>
    /// <returns>Null where it is something else.</returns>
    public static StudyPart? Parse(string text)
    {
        string[] numbers = text.Split('/');
        return numbers.Length == 2
            && int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            && int.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            && index >= 1 && index <= count ? new StudyPart(index - 1, count) : null;
    }

    /// <summary>What the option says, or without it what a scheduler or MPI has put into the environment.</summary>
    /// <exception cref="ArgumentException">What is there makes no sense.</exception>
    public static StudyPlace Find(StudyPart? asked, Func<string, string?> environment)
    {
        if (asked is not null)
        {
            return new StudyPlace(asked, "--part");
        }
        // What starts processes within a job knows their numbers better than what started the job.
        (StudyPart? Part, string Name) process =
            Has("OMPI_COMM_WORLD_RANK") ? (Rank("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), "OMPI_COMM_WORLD_RANK")
            : Has("PMI_RANK") ? (Rank("PMI_RANK", "PMI_SIZE"), "PMI_RANK")
            : Has(SlurmProcess) ? (Rank(SlurmProcess, "SLURM_NTASKS"), SlurmProcess)
            : (null, "");
        if (Has(SlurmTask))
        {
            StudyPart task = ArrayTask();
            // Several processes in each task of an array.
            return process.Part is { Count: > 1 and int count } rank && task.Count is int tasks
                ? new StudyPlace(new StudyPart(task.Index * count + rank.Index, tasks * count), $"{SlurmTask} and {process.Name}")
                : new StudyPlace(task, SlurmTask);
        }
        return process.Part is not null ? new StudyPlace(process.Part, process.Name)
            : Has("JOB_COMPLETION_INDEX") ? new StudyPlace(new StudyPart(Number("JOB_COMPLETION_INDEX", 0, int.MaxValue), null), "JOB_COMPLETION_INDEX")
            : new StudyPlace(null, "");

        bool Has(string name) => environment(name) is { Length: > 0 };

        StudyPart Rank(string name, string size)
        {
            int? count = Has(size) ? Number(size, 1, int.MaxValue) : null;
            return new StudyPart(Number(name, 0, (count ?? int.MaxValue) - 1), count);
        }

        StudyPart ArrayTask()
        {
            int first = Has("SLURM_ARRAY_TASK_MIN") ? Number("SLURM_ARRAY_TASK_MIN", 0, int.MaxValue) : 0;
            int last = Has("SLURM_ARRAY_TASK_MAX") ? Number("SLURM_ARRAY_TASK_MAX", first, int.MaxValue) : int.MaxValue;
            int step = Has("SLURM_ARRAY_TASK_STEP") ? Number("SLURM_ARRAY_TASK_STEP", 1, int.MaxValue) : 1;
            int index = (Number(SlurmTask, first, last) - first) / step;
            int? count = Has("SLURM_ARRAY_TASK_COUNT") ? Number("SLURM_ARRAY_TASK_COUNT", 1, int.MaxValue) : last < int.MaxValue ? (last - first) / step + 1 : null;
            // A list of numbers with gaps, such as 1,2,9, has more numbers than tasks.
            return new StudyPart(count is int tasks ? index % tasks : index, count);
        }

        int Number(string name, int least, int most) =>
            int.TryParse(environment(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most ? number
            : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"{name}: found '{environment(name)}' in the environment, expected a whole number {(most == int.MaxValue ? $"of at least {least}" : $"from {least} to {most}")}; unset it, or say --part I/N."));
    }

    /// <summary>In words, for the start: <c>part 2 of 8, by SLURM_ARRAY_TASK_ID</c>.</summary>
    public override string ToString() => Part is null ? "all runs, from the first"
        : string.Create(CultureInfo.InvariantCulture, $"begins with part {Part.Index + 1}{(Part.Count is int count ? $" of {count}" : "")}, by {Source}");
}
