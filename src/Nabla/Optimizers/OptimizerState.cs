namespace Nabla;

/// <summary>An optimiser at work on one vector of parameters: what it remembers from step to step.</summary>
public abstract class OptimizerState
{
    /// <summary>Changes the parameters by one step.</summary>
    /// <param name="parameters">All parameters.</param>
    /// <param name="gradient">Their gradient, in the same order.</param>
    /// <param name="learningRate">Step size of this step.</param>
    /// <param name="threads">Threads that may be used; the result does not depend on it.</param>
    public abstract void Step(Span<float> parameters, ReadOnlySpan<float> gradient, double learningRate, int threads = 1);

    /// <summary>Guards the kernels, which read without bounds checks.</summary>
    private protected static void ThrowUnlessEqual(int expected, ReadOnlySpan<float> parameters, ReadOnlySpan<float> gradient)
    {
        if (parameters.Length != expected || gradient.Length != expected)
        {
            throw new ArgumentException(
                $"This optimiser was started for {expected} parameters, not for {parameters.Length} with a gradient of {gradient.Length}.");
        }
    }
}
