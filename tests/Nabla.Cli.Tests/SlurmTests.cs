using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>The array of docs/clusters.md on a Slurm of one machine.</summary>
public sealed class SlurmTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_array_shares_a_study_while_one_task_is_queued_again_and_one_killed()
    {
        string? missing = Array.Find(["/usr/sbin/munged", "/usr/sbin/slurmctld", "/usr/sbin/slurmd"], path => !File.Exists(path));
        Assert.SkipWhen(missing is not null, $"Needs Debian's slurm-wlm and munge: there is no {missing}.");
        Assert.SkipUnless(Environment.UserName == "root", "Slurm's daemons run as root here.");
        string output = DotNet.Run(Path.Combine(DotNet.Repository, "tests/slurm/try-slurm.sh"), _folder.FullName, [Path.Combine(AppContext.BaseDirectory, "Nabla.Cli"), _folder["slurm"]]);
        Assert.Contains("All 16 runs were done once", output, StringComparison.Ordinal);
    }
}
