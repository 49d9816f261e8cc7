using Nabla.Numerics;

namespace Nabla.Tests.Numerics;

/// <summary>Runs alone: another test's job would keep the team busy, and this one's would never reach it.</summary>
[Collection(Alone.Name)]
public sealed class WorkerTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(13)]
    public void Every_part_runs_once_on_a_thread_of_its_own(int parts)
    {
        for (int repetition = 0; repetition < 200; repetition++)
        {
            Count job = new(new int[parts], new int[parts]);
            WorkerTeam.Run(ref job, parts);
            Assert.All(job.Runs, runs => Assert.Equal(1, runs));
            Assert.Equal(parts, job.Threads.Distinct().Count());
            Assert.Equal(Environment.CurrentManagedThreadId, job.Threads[0]);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void An_exception_of_any_part_reaches_the_caller_and_the_team_works_on(int failing)
    {
        for (int repetition = 0; repetition < 20; repetition++)
        {
            Count job = new(new int[4], new int[4], failing);
            InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => WorkerTeam.Run(ref job, 4));
            Assert.Equal($"part {failing}", error.Message);
            Every_part_runs_once_on_a_thread_of_its_own(4);
        }
    }

    [Fact]
    public void When_all_parts_fail_one_of_the_exceptions_arrives()
    {
        Count job = new(new int[4], new int[4], failing: -1);
        Assert.StartsWith("part ", Assert.Throws<InvalidOperationException>(() => WorkerTeam.Run(ref job, 4)).Message, StringComparison.Ordinal);
        Every_part_runs_once_on_a_thread_of_its_own(4);
    }

    [Fact]
    public void Jobs_can_be_nested()
    {
        Nested job = new(new int[5 * 3]);
        WorkerTeam.Run(ref job, 5);
        Assert.All(job.Runs, runs => Assert.Equal(1, runs));
    }

    [Fact]
    public void Several_threads_can_use_it_at_once()
    {
        int failures = 0;
        Thread[] threads = [.. Enumerable.Range(0, 6).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < 300; i++)
            {
                Count job = new(new int[3], new int[3]);
                WorkerTeam.Run(ref job, 3);
                if (job.Runs.Any(runs => runs != 1))
                {
                    Interlocked.Increment(ref failures);
                }
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(0, failures);
    }

    [Fact]
    public void A_run_allocates_nothing_once_the_workers_are_there()
    {
        Count job = new(new int[3], new int[3]);
        WorkerTeam.Run(ref job, 3);
        AllocationCounter counter = new(3);
        counter.Total();
        long before = counter.Total();
        for (int i = 0; i < 100; i++)
        {
            WorkerTeam.Run(ref job, 3);
        }
        Assert.Equal(0, counter.Total() - before);
    }

    private readonly struct Count(int[] runs, int[] threads, int? failing = null) : IJob
    {
        public int[] Runs => runs;

        public int[] Threads => threads;

        public void Run(int part, int parts)
        {
            Interlocked.Increment(ref runs[part]);
            threads[part] = Environment.CurrentManagedThreadId;
            if (parts != runs.Length)
            {
                throw new InvalidOperationException($"{parts} parts");
            }
            if (failing == part || failing < 0)
            {
                throw new InvalidOperationException($"part {part}");
            }
        }
    }

    private readonly struct Nested(int[] runs) : IJob
    {
        public int[] Runs => runs;

        public void Run(int part, int parts)
        {
            Inner inner = new(runs, 3 * part);
            WorkerTeam.Run(ref inner, 3);
        }

        private readonly struct Inner(int[] runs, int offset) : IJob
        {
            public void Run(int part, int parts) => Interlocked.Increment(ref runs[offset + part]);
        }
    }
}
