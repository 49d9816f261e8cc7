using Nabla.Numerics;

namespace Nabla;

/// <summary>Takes samples through a network to their loss and its gradient, ready for the backward pass; with the memory for it.</summary>
/// <param name="network">The network.</param>
/// <param name="loss">The loss to minimise.</param>
/// <param name="data">Where the samples are.</param>
/// <param name="preprocessing">What is done to their features.</param>
/// <param name="rows">Most samples at a time.</param>
/// <param name="threads">Threads to use.</param>
/// <param name="sharesFeatures">See <see cref="Workspace.SharesFeatures"/>.</param>
/// <param name="sparse">The features, preprocessed, for a network whose first layer reads them so; null to take them from the data.</param>
internal sealed class TrainingPass(
    Network network, Loss loss, DataSet data, Preprocessing preprocessing, int rows, int threads, bool sharesFeatures = false, SparseSamples? sparse = null)
{
    private readonly ClassLabels? _labels = data.Targets as ClassLabels;
    private readonly float[] _targets = new float[rows * network.OutputShape.Size];

    /// <summary>Where the backward pass finds everything.</summary>
    public Workspace Workspace { get; } = new(network, rows, training: true, threads)
    {
        SharesFeatures = sharesFeatures,
        SparseInput = sparse is null ? null : new SparseInput(sparse, rows),
    };

    /// <summary>Computes outputs, and the gradient that goes back from them.</summary>
    /// <param name="samples">Indices of the samples.</param>
    /// <param name="parameters">The network's parameters.</param>
    /// <param name="batchSize">Number of samples in the whole batch, of whose mean loss it is the gradient.</param>
    /// <param name="random">Where layers that behave at random draw from.</param>
    public BatchLoss Forward(ReadOnlySpan<int> samples, ReadOnlySpan<float> parameters, int batchSize, NumPyRandom random)
    {
        int width = network.OutputShape.Size;
        int values = samples.Length * width;
        Batch.CopyTargets(data.Targets, samples, _targets);
        if (Workspace.SparseInput is { } input)
        {
            input.Choose(samples);
        }
        else
        {
            Batch.CopyFeatures(data.Features, preprocessing, samples, Workspace.Input, threads, bySample: !sharesFeatures);
        }
        network.Executor.Forward(Workspace, samples.Length, parameters, training: true, random);
        ReadOnlySpan<float> output = Workspace.Output[..values];
        int correct = 0;
        for (int row = 0; row < samples.Length && _labels is not null; row++)
        {
            if (Reductions.IndexOfMax(output.Slice(row * width, width)) == _labels.Values[samples[row]])
            {
                correct++;
            }
        }
        double sum = loss.Evaluate(output, _targets.AsSpan(0, values), Workspace.OutputGradient[..values], samples.Length, divisor: batchSize, threads);
        return new BatchLoss(sum, correct);
    }
}
