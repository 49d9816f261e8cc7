using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.Versioning;

namespace Nabla.Numerics;

/// <summary>
/// The process's team of worker threads. They start when first needed, spin briefly for the next job, then park, and
/// never hold the process back from ending; nobody has to dispose of anything. A job that finds the team at work for
/// someone else runs on its own thread alone: slower, but with the same result, since no result depends on the split. So does
/// every job in a browser, which has no threads.
/// </summary>
/// <remarks>
/// The workers use what is on the stack of the thread that called them, so nothing may make it leave before they are done:
/// an interrupt (<see cref="Thread.Interrupt"/>), which ends any wait, is put off until then.
/// </remarks>
internal static unsafe class WorkerTeam
{
    /// <summary>Most threads of a job, with its caller's; the caller does the parts beyond as well.</summary>
    public const int MaxThreads = 256;

    private static readonly List<Worker> Workers = [];
    private static int _busy;

    // The job under way. Written before the workers are woken and read only until they report back.
    private static void* _job;
    private static delegate*<void*, int, int, void> _invoke;
    private static int _parts;
    private static int _unfinished;
    private static ExceptionDispatchInfo? _failure;

    /// <summary>Runs all parts of <paramref name="job"/> and returns when the last is done. With one part no thread is touched.</summary>
    /// <remarks>
    /// The job may be a <c>ref struct</c> that holds spans: it stays on the caller's stack, which waits here, and the
    /// workers reach it through its address. So a job costs no allocation.
    /// </remarks>
    public static void Run<TJob>(ref TJob job, int parts)
        where TJob : struct, IJob, allows ref struct
    {
        if (parts <= 1)
        {
            job.Run(0, 1);
        }
        else if (OperatingSystem.IsBrowser() || Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            for (int part = 0; part < parts; part++)
            {
                job.Run(part, parts);
            }
        }
        else
        {
            try
            {
                RunOnTeam(ref job, parts);
            }
            finally
            {
                Volatile.Write(ref _busy, 0);
            }
        }
    }

    [UnsupportedOSPlatform("browser")]
    private static void RunOnTeam<TJob>(ref TJob job, int parts)
        where TJob : struct, IJob, allows ref struct
    {
        int workers = Math.Min(parts, MaxThreads) - 1;
        while (Workers.Count < workers)
        {
            Workers.Add(new Worker(part: Workers.Count + 1));
        }
        _job = Unsafe.AsPointer(ref job);
        _invoke = &Invoke<TJob>;
        _parts = parts;
        _failure = null;
        Volatile.Write(ref _unfinished, workers);
        bool interrupted = false;
        for (int i = 0; i < workers; i++)
        {
            Workers[i].Wake(ref interrupted);
        }
        try
        {
            job.Run(0, parts);
            for (int part = workers + 1; part < parts; part++)
            {
                job.Run(part, parts);
            }
        }
        finally
        {
            // Also when part 0 failed: the workers still use the job on this stack.
            SpinWait spin = default;
            while (Volatile.Read(ref _unfinished) > 0)
            {
                try
                {
                    spin.SpinOnce(sleep1Threshold: -1);
                }
                catch (ThreadInterruptedException)
                {
                    interrupted = true;
                }
            }
            if (interrupted)
            {
                Thread.CurrentThread.Interrupt();
            }
        }
        _failure?.Throw();
    }

    private static void Invoke<TJob>(void* job, int part, int parts)
        where TJob : struct, IJob, allows ref struct =>
        Unsafe.AsRef<TJob>(job).Run(part, parts);

#pragma warning disable CA1001 // A worker lives as long as the process: there is no moment at which to dispose of its semaphore.
    [UnsupportedOSPlatform("browser")]
    private sealed class Worker
#pragma warning restore CA1001
    {
        // Waking a sleeping thread takes 20 to 100 µs on a virtual machine, as long as many a job. A pause of the processor's
        // is some 40 to 140 cycles: in all, 0.4 to 1.4 ms, longer than anything that a training does between two jobs.
        private const int Spins = 20_000;

        // Other threads than ours may want the core.
        private const int SpinsBetweenYields = 50;

        private readonly int _part;
        private readonly int _spins;
        private readonly SemaphoreSlim _parked = new(0);
        private int _state;

        // States: at work or looking for work; a job is there; asleep.
        private const int Awake = 0, HasJob = 1, Parked = 2;

        public Worker(int part)
        {
            _part = part;
            // Spinning pays only where every worker has a core of its own.
            _spins = part < Environment.ProcessorCount ? Spins : 1;
            new Thread(Work) { IsBackground = true, Name = $"Nabla worker {part}" }.Start();
        }

        /// <param name="interrupted">Set where the calling thread was interrupted meanwhile.</param>
        public void Wake(ref bool interrupted)
        {
            bool isAsleep = Interlocked.Exchange(ref _state, HasJob) == Parked;
            while (isAsleep)
            {
                try
                {
                    _parked.Release();
                    isAsleep = false;
                }
                catch (ThreadInterruptedException)
                {
                    // While it waited for the semaphore's lock: nobody was released.
                    interrupted = true;
                }
            }
        }

        private void Work()
        {
            while (true)
            {
                WaitForJob();
                try
                {
                    _invoke(_job, _part, _parts);
                }
#pragma warning disable CA1031 // Whatever it is, the caller must see it: it is thrown again there.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    _failure = ExceptionDispatchInfo.Capture(exception);
                }
                Interlocked.Decrement(ref _unfinished);
            }
        }

        private void WaitForJob()
        {
            for (int i = 0; i < _spins && Volatile.Read(ref _state) != HasJob; i++)
            {
                Thread.SpinWait(1);
                if (i % SpinsBetweenYields == SpinsBetweenYields - 1)
                {
                    Thread.Yield();
                }
            }
            if (Interlocked.CompareExchange(ref _state, Parked, Awake) == Awake)
            {
                while (Volatile.Read(ref _state) != HasJob)
                {
                    _parked.Wait();
                }
            }
            // Before the job's parts are reported done, so before the next Wake.
            Volatile.Write(ref _state, Awake);
        }
    }
}

/// <summary>Work that splits into equal parts which touch different results.</summary>
internal interface IJob
{
    /// <summary>Does part <paramref name="part"/> of <paramref name="parts"/>, counted from 0.</summary>
    void Run(int part, int parts);
}
