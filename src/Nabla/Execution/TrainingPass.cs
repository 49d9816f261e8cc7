using Nabla.Numerics;

namespace Nabla;

/// <summary>Takes samples through a network to their loss and its gradient, ready for the backward pass; with the memory for it.</summary>
/// <param name="network">The network.</param>
/// <param name="loss">The loss to minimise.</param>
/// <param name="data">Where the samples are.</param>
/// <param name="preprocessing">What is done to their features.</param>
/// <param name="plan">How many samples come at a time, and what threads share.</param>
/// <param name="sparse">The features, preprocessed, for a network whose first layer reads them so; null to take them from the data.</param>
/// <param name="augmenter">What gathers and changes samples at random; null to take them as they are.</param>
/// <param name="shards">How a batch is cut that comes as a whole; null for passes of micro-batches.</param>
internal sealed class TrainingPass(Network network, Loss loss, DataSet data, Preprocessing preprocessing, ExecutionPlan plan, SparseSamples? sparse, Augmenter? augmenter, BatchShards? shards)
{
    private readonly ClassLabels? _labels = data.Targets as ClassLabels;
    private readonly float[] _targets = new float[plan.MicroBatch * network.OutputShape.Size];

    /// <summary>Where the backward pass finds everything.</summary>
    public Workspace Workspace { get; } = new(network, plan.MicroBatch, training: true, plan.ThreadsPerPass)
    {
        SharesFeatures = plan.SharesFeatures,
        Shards = shards,
        SparseInput = sparse is null ? null : new SparseInput(sparse, plan.MicroBatch),
    };

    /// <summary>Computes outputs, and the gradient that goes back from them.</summary>
    /// <param name="samples">Indices of the samples.</param>
    /// <param name="parameters">The network's parameters.</param>
    /// <param name="batchSize">Number of samples in the whole batch, of whose mean loss it is the gradient.</param>
    /// <param name="random">Where the samples draw from, the first of <paramref name="samples"/> first.</param>
    public BatchLoss Forward(ReadOnlySpan<int> samples, ReadOnlySpan<float> parameters, int batchSize, SampleRandom random)
    {
        ComputeOutputs(samples, parameters, random);
        return Evaluate(samples, firstRow: 0, batchSize);
    }

    /// <summary>The same for the samples of a batch's shards that this process has, with the losses of each.</summary>
    /// <param name="samples">Indices of those samples.</param>
    /// <param name="parameters">The network's parameters.</param>
    /// <param name="batchSize">Number of samples in the whole batch.</param>
    /// <param name="random">Where those samples draw from.</param>
    /// <param name="losses">Receives the losses, of each shard in its place among all shards.</param>
    public void ForwardShards(ReadOnlySpan<int> samples, ReadOnlySpan<float> parameters, int batchSize, SampleRandom random, Span<BatchLoss> losses)
    {
        ComputeOutputs(samples, parameters, random);
        for (int shard = shards!.First; shard < shards.End; shard++)
        {
            int firstRow = shards.Starts[shard] - shards.Samples.Start;
            losses[shard] = Evaluate(samples.Slice(firstRow, shards.Starts[shard + 1] - shards.Starts[shard]), firstRow, batchSize);
        }
    }

    private void ComputeOutputs(ReadOnlySpan<int> samples, ReadOnlySpan<float> parameters, SampleRandom random)
    {
        int width = network.OutputShape.Size;
        data.Targets.CopyRows(samples, _targets);
        if (Workspace.SparseInput is { } input)
        {
            input.Choose(samples);
        }
        else if (augmenter is not null)
        {
            augmenter.Load(data.Features, samples, random, Workspace.Input, _targets, width, plan.ThreadsPerPass);
        }
        else
        {
            Batch.CopyFeatures(data.Features, preprocessing, samples, Workspace.Input, plan.ThreadsPerPass, bySample: !plan.SharesFeatures);
        }
        network.Executor.Forward(Workspace, samples.Length, parameters, training: true, random);
    }

    /// <summary>The losses of some of the rows, and the gradient that goes back from them.</summary>
    private BatchLoss Evaluate(ReadOnlySpan<int> samples, int firstRow, int batchSize)
    {
        int width = network.OutputShape.Size, first = firstRow * width, values = samples.Length * width;
        ReadOnlySpan<float> output = Workspace.Output.Slice(first, values);
        int correct = 0;
        for (int row = 0; row < samples.Length && _labels is not null; row++)
        {
            if (Reductions.IndexOfMax(output.Slice(row * width, width)) == _labels.Values[samples[row]])
            {
                correct++;
            }
        }
        double sum = loss.Evaluate(output, _targets.AsSpan(first, values), Workspace.OutputGradient.Slice(first, values), samples.Length, divisor: batchSize, plan.ThreadsPerPass);
        return new BatchLoss(sum, correct);
    }
}

/// <summary>The losses of some samples of a batch, and how many of them were recognised.</summary>
/// <param name="Sum">The sum of their losses.</param>
/// <param name="Correct">Samples whose class was recognised.</param>
internal readonly record struct BatchLoss(double Sum, int Correct)
{
    public static BatchLoss operator +(BatchLoss left, BatchLoss right) => new(left.Sum + right.Sum, left.Correct + right.Correct);
}
