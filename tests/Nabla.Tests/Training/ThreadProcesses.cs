namespace Nabla.Tests.Training;

/// <summary>Processes that are threads of this one: what they give each other lies in shared memory, and each call of one waits for that call of all others.</summary>
internal sealed class ThreadProcesses : IDisposable
{
    private readonly Barrier _barrier;
    private readonly CancellationTokenSource _failed = new();
    private readonly byte[][] _given;
    private readonly int[][] _lengths;
    private readonly string[] _calls;

    private ThreadProcesses(int count)
    {
        _barrier = new Barrier(count);
        _given = new byte[count][];
        _lengths = new int[count][];
        _calls = new string[count];
    }

    /// <summary>Runs something in each of some processes, and returns what comes of it, once all are done.</summary>
    /// <exception cref="AggregateException">It failed in some: all of the failures that are not only those of others.</exception>
    public static T[] Run<T>(int count, Func<ICommunicator, T> run)
    {
        using ThreadProcesses processes = new(count);
        T[] results = new T[count];
        Exception?[] failures = new Exception?[count];
        Thread[] threads = [.. Enumerable.Range(0, count).Select(rank => new Thread(() =>
        {
            try
            {
                results[rank] = run(new Member(processes, rank));
            }
            catch (Exception exception)
            {
                failures[rank] = exception;
                processes._failed.Cancel();
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Exception[] own = [.. failures.OfType<Exception>().Where(exception => exception is not OperationCanceledException)];
        return own.Length == 0 ? results : throw new AggregateException(own);
    }

    public void Dispose()
    {
        _barrier.Dispose();
        _failed.Dispose();
    }

    /// <summary>Puts down what a process gives, waits for all, lets it take, and waits again before it is taken away.</summary>
    private void Exchange(int rank, string call, ReadOnlySpan<byte> given, ReadOnlySpan<int> lengths, Action take)
    {
        (_calls[rank], _given[rank], _lengths[rank]) = (call, given.ToArray(), lengths.ToArray());
        _barrier.SignalAndWait(_failed.Token);
        Assert.Equal(_calls[0], _calls[rank]);
        take();
        _barrier.SignalAndWait(_failed.Token);
    }

    private sealed class Member(ThreadProcesses all, int rank) : ICommunicator
    {
        public int Rank => rank;

        public int Size => all._given.Length;

        public void Broadcast(Span<byte> data, int root)
        {
            byte[] received = new byte[data.Length];
            all.Exchange(rank, $"broadcast from {root}", data, [data.Length], () => all._given[root].CopyTo(received, 0));
            received.CopyTo(data);
        }

        public void AllGather(ReadOnlySpan<byte> own, Span<byte> everything, ReadOnlySpan<int> lengths)
        {
            Assert.Equal(lengths[rank], own.Length);
            byte[] received = new byte[lengths.ToArray().Sum()];
            all.Exchange(rank, $"gather {string.Join(' ', lengths.ToArray())}", own, lengths, () =>
            {
                int at = 0;
                foreach (byte[] given in all._given)
                {
                    given.CopyTo(received, at);
                    at += given.Length;
                }
            });
            received.CopyTo(everything);
        }

        public void AllToAll(ReadOnlySpan<byte> sent, ReadOnlySpan<int> sentLengths, Span<byte> received, ReadOnlySpan<int> receivedLengths)
        {
            byte[] taken = new byte[received.Length];
            int[] expected = receivedLengths.ToArray();
            all.Exchange(rank, "all to all", sent, sentLengths, () =>
            {
                int at = 0;
                for (int other = 0; other < Size; other++)
                {
                    int length = all._lengths[other][rank];
                    Assert.Equal(expected[other], length);
                    all._given[other].AsSpan(all._lengths[other][..rank].Sum(), length).CopyTo(taken.AsSpan(at));
                    at += length;
                }
            });
            taken.CopyTo(received);
        }
    }
}
