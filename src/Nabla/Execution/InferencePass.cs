namespace Nabla;

/// <summary>Takes consecutive samples of a data set through a network, as many at a time as its plan says; with the memory for it.</summary>
/// <param name="network">The network.</param>
/// <param name="samples">Most samples that will come, at least 1; fewer than go through at a time need less memory.</param>
/// <param name="threads">Threads to use.</param>
internal sealed class InferencePass(Network network, int samples, int threads)
{
    private readonly Workspace _workspace = new(network, Math.Min(samples, network.InferenceExecutor.MicroBatch), training: false, threads);

    /// <summary>Samples at a time.</summary>
    public int Rows => _workspace.Rows;

    /// <summary>Threads that are used.</summary>
    public int Threads => threads;

    /// <summary>The outputs of some samples, [rows, width], until the next are asked for.</summary>
    /// <param name="features">The samples.</param>
    /// <param name="start">Index of the first.</param>
    /// <param name="rows">How many, at most <see cref="Rows"/>.</param>
    public Span<float> Outputs(Features features, int start, int rows)
    {
        Batch.CopyFeatures(features, network.Preprocessing, start, rows, _workspace.Input, threads);
        network.InferenceExecutor.Forward(_workspace, rows, network.Parameters);
        return _workspace.Output[..(rows * network.OutputShape.Size)];
    }
}
