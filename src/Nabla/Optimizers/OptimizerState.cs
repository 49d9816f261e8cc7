using System.Runtime.CompilerServices;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// An optimiser at work on one vector of parameters: what it remembers from step to step. For an optimiser of your own derive from this and write
/// <see cref="Update"/>; docs/extending.md shows how.
/// </summary>
/// <remarks>
/// All that it remembers is some vectors, with a number for each parameter, and how many steps it has taken: so a training can be stored and resumed.
/// A parameter's new value may depend on nothing but its own numbers and the number of steps.
/// </remarks>
public abstract class OptimizerState
{
    private readonly float[][] _vectors;

    /// <param name="parameterCount">Number of parameters.</param>
    /// <param name="vectors">Vectors of as many numbers that it remembers, such as velocities; all zeros at first.</param>
    /// <param name="weightDecay">See <see cref="WeightDecay"/>; at least 0.</param>
    protected OptimizerState(int parameterCount, int vectors, double weightDecay = 0)
    {
        ParameterCount = parameterCount;
        WeightDecay = weightDecay;
        _vectors = [.. Enumerable.Range(0, vectors).Select(_ => new float[parameterCount])];
    }

    /// <summary>Number of parameters that it was started for.</summary>
    public int ParameterCount { get; }

    /// <summary>
    /// Share of itself, times the learning rate, that a weight loses per step. Where it is above 0, updates of a network's layers are cut so that each
    /// has only parameters that decay or only such that do not (<see cref="ParameterUpdate.WeightDecay"/>).
    /// </summary>
    public double WeightDecay { get; }

    /// <summary>Steps taken, the one under way included.</summary>
    public long Steps { get; private set; }

    /// <summary>Changes the parameters by one step. All of them decay, since nothing says what they are.</summary>
    /// <param name="parameters">All parameters.</param>
    /// <param name="gradient">Their gradient, in the same order.</param>
    /// <param name="learningRate">Step size of this step.</param>
    /// <param name="threads">Threads that may be used; the result does not depend on it.</param>
    /// <exception cref="ArgumentException">There are more or fewer parameters than it was started for.</exception>
    public void Step(Span<float> parameters, ReadOnlySpan<float> gradient, double learningRate, int threads = 1)
    {
        ThrowUnlessFit(parameters, gradient);
        BeginStep();
        Update(new ParameterUpdate(0, parameters, gradient, learningRate, WeightDecay, threads));
    }

    /// <summary>
    /// Changes the parameters by one step, those of each layer at its own share of the learning rate (<see cref="LayerSpec.LearningRateFactor"/>). Of them
    /// weights decay (<see cref="ParameterRole.Weight"/>); biases and scales do not: they hold nothing that overfits, and a scale is meant to stay near 1.
    /// </summary>
    /// <param name="parameters">All parameters.</param>
    /// <param name="gradient">Their gradient, in the same order.</param>
    /// <param name="learningRate">Step size of this step.</param>
    /// <param name="layers">The layers that they belong to.</param>
    /// <param name="threads">Threads that may be used; the result does not depend on it.</param>
    /// <exception cref="ArgumentException">There are more or fewer parameters than it was started for.</exception>
    public void Step(Span<float> parameters, ReadOnlySpan<float> gradient, double learningRate, IReadOnlyList<Layer> layers, int threads = 1)
    {
        ThrowUnlessFit(parameters, gradient);
        BeginStep();
        for (int i = 0; i < layers.Count; i++)
        {
            Layer layer = layers[i];
            double rate = learningRate * layer.Spec.LearningRateFactor;
            if (layer.Parameters.Count > 0 && rate > 0)
            {
                if (WeightDecay > 0)
                {
                    UpdateByRole(parameters, gradient, rate, layer, threads);
                    continue;
                }
                int first = layer.Parameters[0].Offset, count = layer.ParameterCount;
                Update(new ParameterUpdate(first, parameters.Slice(first, count), gradient.Slice(first, count), rate, weightDecay: 0, threads));
            }
        }
    }

    /// <summary>Writes down what it remembers.</summary>
    internal void Save(Checkpoint checkpoint)
    {
        for (int i = 0; i < _vectors.Length; i++)
        {
            checkpoint.Add(VectorName(i), _vectors[i]);
        }
    }

    /// <summary>Goes on from where it was when the checkpoint was made.</summary>
    internal void Restore(Checkpoint checkpoint)
    {
        for (int i = 0; i < _vectors.Length; i++)
        {
            checkpoint.CopyTo(VectorName(i), _vectors[i].AsSpan());
        }
        while (Steps < checkpoint.Document.OptimizerSteps)
        {
            BeginStep();
        }
    }

    private void BeginStep()
    {
        Steps++;
        Advance();
    }

    private static string VectorName(int vector) => FormattableString.Invariant($"optimizer/{vector}");

    private void UpdateByRole(Span<float> parameters, ReadOnlySpan<float> gradient, double rate, Layer layer, int threads)
    {
        for (int i = 0; i < layer.Parameters.Count; i++)
        {
            Parameter parameter = layer.Parameters[i];
            Update(new ParameterUpdate(parameter.Offset, parameter.Of(parameters), parameter.Of(gradient), rate, parameter.Role == ParameterRole.Weight ? WeightDecay : 0, threads));
        }
    }

    /// <summary>Called once before the updates of each step, for what depends on <see cref="Steps"/> alone.</summary>
    protected virtual void Advance()
    {
    }

    /// <summary>Changes some of the parameters: all, those of a layer, or some of these.</summary>
    protected abstract void Update(in ParameterUpdate update);

    /// <summary>What it remembers of the parameters of an update, in one of its vectors.</summary>
    /// <param name="vector">Which of them, from 0.</param>
    /// <param name="update">The update.</param>
    protected Span<float> Memory(int vector, in ParameterUpdate update) => _vectors[vector].AsSpan(update.First, update.Parameters.Length);

    /// <summary>Guards the kernels, which read without bounds checks.</summary>
    private void ThrowUnlessFit(ReadOnlySpan<float> parameters, ReadOnlySpan<float> gradient)
    {
        if (parameters.Length != ParameterCount || gradient.Length != ParameterCount)
        {
            throw new ArgumentException(
                $"This optimiser was started for {ParameterCount} parameters, not for {parameters.Length} with a gradient of {gradient.Length}.");
        }
    }
}

/// <summary>Some of the parameters in one step of an optimiser, side by side in the vector of all.</summary>
public readonly ref struct ParameterUpdate
{
    internal ParameterUpdate(int first, Span<float> parameters, ReadOnlySpan<float> gradient, double learningRate, double weightDecay, int threads)
    {
        First = first;
        Parameters = parameters;
        Gradient = gradient;
        LearningRate = learningRate;
        WeightDecay = weightDecay;
        Threads = threads;
    }

    /// <summary>Index of the first of them among all parameters.</summary>
    public int First { get; }

    /// <summary>The parameters to change.</summary>
    public Span<float> Parameters { get; }

    /// <summary>Their gradient, of the same length.</summary>
    public ReadOnlySpan<float> Gradient { get; }

    /// <summary>Step size.</summary>
    public double LearningRate { get; }

    /// <summary><see cref="OptimizerState.WeightDecay"/> for parameters that decay, 0 for others.</summary>
    public double WeightDecay { get; }

    /// <summary>What is left of each parameter after its decay: 1 − rate · decay.</summary>
    internal float Keep => (float)(1 - LearningRate * WeightDecay);

    /// <summary>Threads that may be used.</summary>
    public int Threads { get; }
}

/// <summary>What velocities and moments need beside their formulas.</summary>
internal static class OptimizerMemory
{
    /// <summary>
    /// Zero in place of numbers below 10⁻³⁰. The memory of a weight whose gradient has become zero, such as that of a
    /// pixel that is hardly ever inked, shrinks by a factor per step until it is subnormal, and there rounding holds it
    /// for ever; processors compute on subnormals some hundred times slower. Numbers that small move no weight.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T FlushTiny<T>(T value)
        where T : struct, ILanes<T> => T.WherePositive(T.Broadcast(1e-30f) - T.Abs(value), T.Broadcast(0), value);
}
