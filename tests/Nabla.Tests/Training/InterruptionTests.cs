using Nabla.Numerics;
using Nabla.Tests.Numerics;

namespace Nabla.Tests.Training;

/// <summary>Whatever ends a training early, the threads that worked for it are done with its memory, and the next one has the right bits.</summary>
[Collection(Alone.Name)]
public sealed class InterruptionTests
{
    private const int Times = 100;

    private static readonly DataSet Data = Problems.Clusters(1500, features: 64);

    [Fact]
    public void An_interrupt_waits_until_the_workers_are_done()
    {
        for (int repetition = 0; repetition < 20; repetition++)
        {
            SlowPart job = new(new int[3]);
            Thread caller = Thread.CurrentThread;
            Thread interrupter = new(() =>
            {
                // Once the caller has done its own part and waits for the others.
                while (Volatile.Read(ref job.Done[0]) == 0)
                {
                    Thread.SpinWait(10);
                }
                caller.Interrupt();
                Thread.Sleep(5);
                Volatile.Write(ref job.Done[0], 2);
            });
            interrupter.Start();
            WorkerTeam.Run(ref job, 3);
            Assert.All(job.Done, done => Assert.NotEqual(0, done));
            // It is not lost: the next wait ends at once.
            Assert.Throws<ThreadInterruptedException>(() => Thread.Sleep(1000));
            interrupter.Join();
        }
    }

    [Fact]
    public void Interrupts_while_sleeping_workers_are_woken_lose_none()
    {
        int[] runs = new int[4];
        CountParts first = new(new int[4]);
        WorkerTeam.Run(ref first, 4);
        using CancellationTokenSource end = new();
        Thread caller = Thread.CurrentThread;
        Thread interrupter = new(() =>
        {
            while (!end.IsCancellationRequested)
            {
                caller.Interrupt();
                Thread.SpinWait(100);
            }
        });
        interrupter.Start();
        for (int repetition = 1; repetition <= 300; repetition++)
        {
            CountParts job = new(runs);
            WorkerTeam.Run(ref job, 4);
            Assert.All(runs, count => Assert.Equal(repetition, count));
            if (repetition % 30 == 0)
            {
                // Long enough for the workers to fall asleep.
                for (long until = Environment.TickCount64 + 5; Environment.TickCount64 < until;)
                {
                    Thread.SpinWait(100);
                }
            }
        }
        end.Cancel();
        while (interrupter.IsAlive)
        {
            Thread.SpinWait(100);
        }
        // The last interrupt is still to come.
        Assert.Throws<ThreadInterruptedException>(() => Thread.Sleep(1000));
    }

    [Fact]
    public void A_hundred_interrupts_change_nothing()
    {
        float[] expected = Train();
        NumPyRandom random = new(1);
        for (int i = 0; i < Times; i++)
        {
            float[] weights = [];
            Thread training = new(() => weights = Train());
            training.Start();
            Thread.Sleep(TimeSpan.FromMilliseconds(random.NextDouble() * 20));
            training.Interrupt();
            training.Join();
            Numbers.AssertBits(expected, weights, $"interrupt {i}");
        }
        Numbers.AssertBits(expected, Train(), "afterwards");
    }

    [Fact]
    public void After_a_hundred_cancelled_trainings_one_has_the_right_bits()
    {
        float[] expected = Train();
        for (int i = 1; i <= Times; i++)
        {
            using CancellationTokenSource cancellation = new();
            int left = i;
            Train(trainer => trainer.StepCompleted += _ => Countdown(ref left, cancellation.Cancel), cancellation.Token);
        }
        Numbers.AssertBits(expected, Train(), "afterwards");
    }

    [Fact]
    public void After_a_hundred_handlers_that_throw_a_training_has_the_right_bits()
    {
        float[] expected = Train();
        for (int i = 1; i <= Times; i++)
        {
            // 24 steps and 2 epochs.
            int left = i % 26 + 1;
            Assert.Throws<TimeZoneNotFoundException>(() => Train(trainer =>
            {
                trainer.StepCompleted += _ => Countdown(ref left, () => throw new TimeZoneNotFoundException());
                trainer.EpochCompleted += _ => Countdown(ref left, () => throw new TimeZoneNotFoundException());
            }));
        }
        Numbers.AssertBits(expected, Train(), "afterwards");
    }

    private static void Countdown(ref int left, Action end)
    {
        if (--left == 0)
        {
            end();
        }
    }

    /// <summary>Two epochs: the first layer's products are split by features, the others' too, and half of the batches go through in pieces.</summary>
    private static float[] Train(Action<Trainer>? prepare = null, CancellationToken cancellation = default)
    {
        Network network = Network.Create([64], Layer.Dense(200, Activation.Tanh), Layer.Dense(100, Activation.ReLU), Layer.Dense(4));
        Trainer trainer = new(network, Loss.SoftmaxCrossEntropy, new Adam());
        prepare?.Invoke(trainer);
        trainer.Fit(Data, new TrainingOptions { Epochs = 2, BatchSize = 100, Threads = 3, ValidationFraction = 0.2 }, cancellation: cancellation);
        return network.Parameters.ToArray();
    }

    private readonly struct SlowPart(int[] done) : IJob
    {
        public int[] Done => done;

        public void Run(int part, int parts)
        {
            // All but the caller's part wait for the interrupter.
            while (part > 0 && Volatile.Read(ref done[0]) != 2)
            {
                Thread.SpinWait(10);
            }
            Volatile.Write(ref done[part], 1);
        }
    }

    private readonly struct CountParts(int[] runs) : IJob
    {
        public void Run(int part, int parts) => Interlocked.Increment(ref runs[part]);
    }
}
