using Nabla.IO;

namespace Nabla.Tests.IO;

public sealed class FileLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_at_a_time_has_it_and_nothing_is_left()
    {
        using (FileLock.TryTake(_folder["a"]))
        {
            Assert.Null(FileLock.TryTake(_folder["a"]));
        }
        using (FileLock? again = FileLock.TryTake(_folder["a"]))
        {
            Assert.NotNull(again);
        }
        Assert.Empty(_folder.FileNames);
    }

    [Fact]
    public void A_file_that_nobody_holds_is_no_lock()
    {
        File.WriteAllText(_folder["a"], "left behind");
        using FileLock? taken = FileLock.TryTake(_folder["a"]);
        Assert.NotNull(taken);
    }

    [Fact]
    public void Two_never_have_it_together_however_often_it_is_given_back()
    {
        int holders = 0, most = 0, taken = 0;
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            while (Volatile.Read(ref taken) < 500)
            {
                using FileLock? held = FileLock.TryTake(_folder["a"]);
                if (held is not null)
                {
                    int now = Interlocked.Increment(ref holders);
                    most = Math.Max(most, now);
                    Interlocked.Increment(ref taken);
                    Thread.SpinWait(500);
                    Interlocked.Decrement(ref holders);
                }
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(1, most);
        Assert.Empty(_folder.FileNames);
    }
}
