namespace Nabla.Benchmarks.Training;

/// <summary>Training as a user of Nabla does it, with <see cref="Trainer"/>, stopped after the wanted number of steps.</summary>
internal sealed class NablaTraining(TrainingWorkload workload, TrainingStart start, int threads, int checkedSteps) : InProcessContestant
{
    private readonly Network _network = start.Network(workload.Dropout);

    public override double[] Check()
    {
        List<double> losses = [];
        Network network = start.Network(dropout: 0);
        float[] first = network.Parameters.ToArray();
        Train(network, checkedSteps, losses.Add);
        double moved = first.Zip(network.Parameters.ToArray(), (before, after) => Math.Pow((double)after - before, 2)).Sum();
        return [.. losses, Math.Sqrt(moved)];
    }

    protected override void Repeat(int count) => Train(_network, count, _ => { });

    private void Train(Network network, int steps, Action<double> loss)
    {
        TrainingOptions options = new()
        {
            Epochs = int.MaxValue,
            BatchSize = workload.BatchSize,
            Order = SampleOrder.AsGiven,
            DropPartialBatch = true,
            ValidationFraction = 0,
            Threads = threads,
        };
        using CancellationTokenSource stop = new();
        Trainer trainer = new(network, workload.Loss, new Sgd { LearningRate = workload.LearningRate });
        int done = 0;
        trainer.StepCompleted += step =>
        {
            loss(step.Loss);
            if (++done == steps)
            {
                stop.Cancel();
            }
        };
        trainer.Fit(start.Data, options, cancellation: stop.Token);
    }
}
