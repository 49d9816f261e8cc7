using System.Globalization;

namespace Nabla.Tests.Studies;

/// <summary>Tasks that several share by a folder.</summary>
public sealed class SharedTasksTests : IDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromMilliseconds(500);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_is_done_once()
    {
        int[] counts = new int[20];
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            SharedTasks tasks = new(_folder["tasks"], Lease);
            for (int task = 0; task < counts.Length; task++)
            {
                int number = task;
                tasks.TryDo($"task{task}", _ =>
                {
                    Interlocked.Increment(ref counts[number]);
                    return number.ToString(CultureInfo.InvariantCulture);
                }, TestContext.Current.CancellationToken);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.All(counts, count => Assert.Equal(1, count));
        Assert.Equal(Enumerable.Range(0, 20).Select(task => task.ToString(CultureInfo.InvariantCulture)), Enumerable.Range(0, 20).Select(task => new SharedTasks(_folder["tasks"], Lease).ResultOf($"task{task}")));
    }

    [Fact]
    public void One_that_was_cancelled_or_failed_is_free_at_once()
    {
        SharedTasks tasks = new(_folder["tasks"], TimeSpan.FromHours(1));
        using CancellationTokenSource stop = new();
        Assert.Throws<OperationCanceledException>(() => tasks.TryDo("a", token =>
        {
            stop.Cancel();
            token.ThrowIfCancellationRequested();
            return "";
        }, stop.Token));
        Assert.Throws<ArgumentException>(() => tasks.TryDo("a", _ => throw new ArgumentException("no"), TestContext.Current.CancellationToken));
        Assert.Null(tasks.ResultOf("a"));
        Assert.True(tasks.TryDo("a", _ => "done", TestContext.Current.CancellationToken));
        Assert.False(tasks.TryDo("a", _ => "again", TestContext.Current.CancellationToken));
        Assert.Equal("done", tasks.ResultOf("a"));
    }

    [Fact]
    public void One_whose_process_died_is_done_by_another_after_the_lease()
    {
        SharedTasks tasks = new(_folder["tasks"], Lease);
        Assert.True(new RunClaims(_folder["tasks/work/a"]).TryClaim(1));
        Assert.False(tasks.TryDo("a", _ => "too soon", TestContext.Current.CancellationToken));
        Thread.Sleep(Lease * 1.2);
        Assert.True(tasks.TryDo("a", _ => "done", TestContext.Current.CancellationToken));
        Assert.Equal("done", tasks.ResultOf("a"));
    }
}
