namespace Nabla;

/// <summary>An optimiser at work on one vector of parameters: what it remembers from step to step.</summary>
public abstract class OptimizerState
{
    private readonly int _count;

    private protected OptimizerState(int count) => _count = count;

    /// <summary>Changes the parameters by one step.</summary>
    /// <param name="parameters">All parameters.</param>
    /// <param name="gradient">Their gradient, in the same order.</param>
    /// <param name="learningRate">Step size of this step.</param>
    /// <param name="threads">Threads that may be used; the result does not depend on it.</param>
    /// <exception cref="ArgumentException">There are more or fewer parameters than it was started for.</exception>
    public void Step(Span<float> parameters, ReadOnlySpan<float> gradient, double learningRate, int threads = 1)
    {
        ThrowUnlessFit(parameters, gradient);
        Advance();
        Update(0, parameters, gradient, learningRate, threads);
    }

    /// <summary>Changes the parameters by one step, those of each layer at its own share of the learning rate.</summary>
    internal void Step(Span<float> parameters, ReadOnlySpan<float> gradient, double learningRate, IReadOnlyList<Layer> layers, int threads)
    {
        ThrowUnlessFit(parameters, gradient);
        Advance();
        for (int i = 0; i < layers.Count; i++)
        {
            Layer layer = layers[i];
            double rate = learningRate * layer.Spec.LearningRateFactor;
            if (layer.Parameters.Count > 0 && rate > 0)
            {
                int start = layer.Parameters[0].Offset;
                int length = layer.Parameters[^1].Offset + layer.Parameters[^1].Shape.Size - start;
                Update(start, parameters.Slice(start, length), gradient.Slice(start, length), rate, threads);
            }
        }
    }

    /// <summary>Counts one step, however many parts it is made of.</summary>
    private protected virtual void Advance()
    {
    }

    /// <summary>Changes some of the parameters.</summary>
    /// <param name="start">Index of the first among all parameters, where this object's memory for it is.</param>
    /// <param name="parameters">The parameters to change.</param>
    /// <param name="gradient">Their gradient, of the same length.</param>
    /// <param name="learningRate">Step size.</param>
    /// <param name="threads">Threads that may be used.</param>
    private protected abstract void Update(int start, Span<float> parameters, ReadOnlySpan<float> gradient, double learningRate, int threads);

    /// <summary>Guards the kernels, which read without bounds checks.</summary>
    private void ThrowUnlessFit(ReadOnlySpan<float> parameters, ReadOnlySpan<float> gradient)
    {
        if (parameters.Length != _count || gradient.Length != _count)
        {
            throw new ArgumentException(
                $"This optimiser was started for {_count} parameters, not for {parameters.Length} with a gradient of {gradient.Length}.");
        }
    }
}
