using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// Compares the gradients that a layer, a network or a loss computes with those measured by small steps: the test to write first for a kind of your own.
/// </summary>
/// <remarks>
/// What goes back is random, so that no two errors cancel, and so is what goes in; samples, seeds and the order of elements are the same each time. A derivative is
/// measured by central differences of three steps, extrapolated to none, and again by smaller ones where that does not agree with the gradient. Where these
/// differ among themselves, as beside the kink of a ReLU, an element is left out and counted. Before each pass all memory is filled with NaN, which a layer leaves there, or passes on, that
/// reads what it has not written or adds where it should overwrite. At last the passes are run on three threads, which must give the same bits.
/// </remarks>
public static class GradientCheck
{
    /// <summary>
    /// Steps by which derivatives are measured, and how far a gradient may be from what they tell, as a share of it and of the usual size of its neighbours.
    /// Large steps are exact, since what floats round away is small beside the difference; small ones meet fewer kinks.
    /// </summary>
    internal static readonly (double Step, double Tolerance)[] Steps = [(0.01, 1e-3), (0.0025, 4e-3), (0.04, 1e-3)];

    // Of each tensor; larger ones are checked at random places.
    private const int MaxElements = 200;

    /// <summary>Checks a layer: the gradients of its parameters and its inputs.</summary>
    /// <param name="layer">Its description; names of inputs are ignored.</param>
    /// <param name="inputs">Shape of one sample of each value that it reads.</param>
    /// <exception cref="ArgumentException">The layer cannot read that.</exception>
    public static GradientCheckResult Layer(LayerSpec layer, params IReadOnlyList<Shape> inputs)
    {
        if (inputs.Count == 0)
        {
            throw new ArgumentException("Expected the shape of at least one input.", nameof(inputs));
        }
        // Several inputs are parts of one, each behind a layer that cuts it out.
        return inputs.Count == 1
            ? Network(Nabla.Network.Create(inputs[0], layer with { Name = null, Inputs = null }))
            : Network(Nabla.Network.Create(
                [inputs.Sum(shape => shape.Size)],
                [
                    .. inputs.Select((shape, i) => new PartSpec(inputs.Take(i).Sum(before => before.Size), shape) { Name = $"part{i}", Inputs = [LayerGraph.InputName] }),
                    layer with { Name = null, Inputs = [.. inputs.Select((_, i) => $"part{i}")] },
                ]));
    }

    /// <summary>Checks all layers of a network together: the gradients of its parameters and its input.</summary>
    /// <param name="network">The network; where it has no weights yet, the check draws some. It is left as it is.</param>
    /// <param name="rows">Samples to check with, at least 1.</param>
    /// <param name="seed">Where random numbers begin.</param>
    public static GradientCheckResult Network(Network network, int rows = 5, uint seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        return new NetworkCheck(network, rows, seed).Run();
    }

    /// <summary>Checks a loss: its gradient, and that its value is the same whether the gradient is asked for or not.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="targets">What was wanted, at least one sample.</param>
    /// <param name="seed">Where random numbers begin, from which outputs are drawn.</param>
    /// <exception cref="ArgumentException">The loss cannot compare with these targets.</exception>
    public static GradientCheckResult Loss(Loss loss, Targets targets, uint seed = 1)
    {
        loss.ThrowUnlessFits(targets);
        int rows = targets.Count, width = targets.Width;
        NumPyRandom random = new(seed);
        float[] output = Normal(random, rows * width), target = new float[output.Length], gradient = new float[output.Length];
        Batch.CopyTargets(targets, 0, rows, target);
        Array.Fill(gradient, float.NaN);
        double value = loss.Evaluate(output, target, gradient, rows, divisor: rows), alone = loss.Value(output, target, rows);
        GradientCheckResult result = new();
        if (!value.Equals(alone))
        {
            result.AddFault(string.Create(CultureInfo.InvariantCulture, $"the loss is {value} with its gradient, {alone} without"));
        }
        result.Compare("output", [rows, width], gradient, Elements(output.Length, random), usualOfAll: 0, (i, step) => Derivative(output.AsSpan(i, 1), step, () => loss.Value(output, target, rows) / rows));
        return result;
    }

    private static float[] Normal(NumPyRandom random, int count)
    {
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
        {
            value = (float)random.NextNormal(0, 1);
        }
        return values;
    }

    private static int[] Elements(int count, NumPyRandom random) => count <= MaxElements ? [.. Enumerable.Range(0, count)] : random.Permutation(count)[..MaxElements];

    /// <summary>The derivative of a function by one number, and how far it may be off.</summary>
    /// <param name="number">The number; it is left as it is.</param>
    /// <param name="step">By how much it is changed, times the number where that is more than 1.</param>
    /// <param name="function">What is computed from it.</param>
    private static (double Value, double Uncertainty) Derivative(Span<float> number, double step, Func<double> function)
    {
        float at = number[0];
        step *= Math.Max(Math.Abs(at), 1);
        double here = function();
        (double first, double firstBend) = Slope(number, step);
        (double second, _) = Slope(number, step / 2);
        (double third, double thirdBend) = Slope(number, step / 4);
        // The error of central differences goes by the square of the step: L. F. Richardson, 1911. What the slopes on both sides differ by goes by the step itself, unless there
        // is a kink right here, of which central differences tell nothing.
        double larger = (4 * second - first) / 3, smaller = (4 * third - second) / 3;
        return (smaller, Math.Max(Math.Abs(smaller - larger), Math.Abs(thirdBend - firstBend / 4)));

        (double Slope, double Bend) Slope(Span<float> number, double step)
        {
            float up = (float)(at + step), down = (float)(at - step);
            number[0] = up;
            double higher = function();
            number[0] = down;
            double lower = function();
            number[0] = at;
            return ((higher - lower) / ((double)up - down), (higher - here) / ((double)up - at) - (here - lower) / ((double)at - down));
        }
    }

    /// <summary>The check of one network.</summary>
    private sealed class NetworkCheck
    {
        private readonly Network _network;
        private readonly uint _seed;
        private readonly int _rows;
        private readonly float[] _input;
        private readonly float[] _outputGradient;
        private readonly float[] _buffers;

        public NetworkCheck(Network network, int rows, uint seed)
        {
            _rows = rows;
            _seed = seed;
            _network = new Network(new LayerGraph(network.InputShape, network.Graph.Specs, needsInputGradient: true));
            NumPyRandom random = new(seed);
            if (network.IsInitialized)
            {
                network.Parameters.CopyTo(_network.Parameters);
                network.Buffers.CopyTo(_network.Buffers);
            }
            else
            {
                _network.Initialize(random);
                foreach (ref float value in _network.Parameters)
                {
                    // What begins with zeros would hide errors.
                    value += (float)random.NextNormal(0, 0.3);
                }
            }
            _buffers = _network.Buffers.ToArray();
            _input = Normal(random, rows * network.InputShape.Size);
            _outputGradient = Normal(random, rows * network.OutputShape.Size);
        }

        public GradientCheckResult Run()
        {
            GradientCheckResult result = new();
            (float[] output, float[] gradient, float[] inputGradient) = Pass(threads: 1);
            (float[] otherOutput, float[] otherGradient, float[] otherInputGradient) = Pass(threads: 3);
            if (!SameBits(output, otherOutput) || !SameBits(gradient, otherGradient) || !SameBits(inputGradient, otherInputGradient))
            {
                result.AddFault("three threads give other numbers than one");
            }
            if (Array.Exists(output, float.IsNaN))
            {
                result.AddFault("outputs are not a number: a layer reads what it has not written, or leaves some of its output as it was");
                return result;
            }
            Workspace workspace = new(_network, _rows, training: true);
            NumPyRandom random = new(_seed);
            double usual = Math.Sqrt(gradient.Concat(inputGradient).Average(value => (double)value * value));
            foreach (Parameter parameter in _network.Layers.SelectMany(layer => layer.Parameters))
            {
                result.Compare(parameter.Name, parameter.Shape, parameter.Of(gradient).ToArray(), Elements(parameter.Shape.Size, random), usual,
                    (i, step) => Derivative(_network.Parameters.Slice(parameter.Offset + i, 1), step, () => Value(workspace)));
            }
            result.Compare(LayerGraph.InputName, [_rows, _network.InputShape.Size], inputGradient, Elements(inputGradient.Length, random), usual, (i, step) => Derivative(_input.AsSpan(i, 1), step, () => Value(workspace)));
            return result;
        }

        private (float[] Output, float[] Gradient, float[] InputGradient) Pass(int threads)
        {
            Workspace workspace = new(_network, _rows, training: true, threads);
            workspace.FillWithNaN();
            Forward(workspace);
            float[] output = workspace.Output[..(_rows * _network.OutputShape.Size)].ToArray();
            _outputGradient.CopyTo(workspace.OutputGradient);
            float[] gradient = new float[_network.Parameters.Length];
            Array.Fill(gradient, float.NaN);
            _network.Executor.Backward(workspace, _rows, _network.Parameters, gradient, GradientUse.Replace);
            return (output, gradient, workspace.ActivationGradient(value: 0, firstRow: 0, _rows).ToArray());
        }

        /// <summary>What the random gradient is the gradient of: the outputs' sum, each times its own number.</summary>
        private double Value(Workspace workspace)
        {
            Forward(workspace);
            double sum = 0;
            for (int i = 0; i < _outputGradient.Length; i++)
            {
                sum += (double)workspace.Output[i] * _outputGradient[i];
            }
            return sum;
        }

        private void Forward(Workspace workspace)
        {
            _input.CopyTo(workspace.Input);
            _buffers.CopyTo(_network.Buffers);
            _network.Forward(workspace, _rows, new SampleRandom(_seed));
        }

        private static bool SameBits(float[] a, float[] b) => MemoryMarshal.AsBytes<float>(a).SequenceEqual(MemoryMarshal.AsBytes<float>(b));
    }

    /// <summary>Passes on some of the numbers of each sample, under a shape.</summary>
    private sealed record PartSpec(int First, Shape Shape) : LayerSpec
    {
        public override Layer Build(LayerBuilder builder) => new Part(builder, this);
    }

    private sealed class Part(LayerBuilder builder, PartSpec spec) : Nabla.Layer(builder, spec.Shape)
    {
        private readonly int _width = builder.InputShape.Size;

        public override void Forward(in LayerPass pass)
        {
            for (int row = 0; row < pass.Rows; row++)
            {
                pass.Input().Slice(row * _width + spec.First, spec.Shape.Size).CopyTo(pass.Output[(row * spec.Shape.Size)..]);
            }
        }

        public override void Backward(in LayerPass pass)
        {
            pass.InputGradient().Clear();
            for (int row = 0; row < pass.Rows && !pass.InputGradient().IsEmpty; row++)
            {
                pass.OutputGradient.Slice(row * spec.Shape.Size, spec.Shape.Size).CopyTo(pass.InputGradient()[(row * _width + spec.First)..]);
            }
        }
    }
}

/// <summary>What a <see cref="GradientCheck"/> found.</summary>
public sealed class GradientCheckResult
{
    // Of the usual size of a derivative: an error of less changes no training.
    private const double Negligible = 0.01;

    private readonly List<string> _faults = [];

    /// <summary>Whether all gradients are what they should be.</summary>
    public bool IsRight => _faults.Count == 0;

    /// <summary>Elements that were compared.</summary>
    public int Compared { get; private set; }

    /// <summary>Elements that were left out, because small steps did not tell their derivative.</summary>
    public int LeftOut { get; private set; }

    /// <summary>The greatest difference from what was measured, as a share of the derivative and of the usual size of its neighbours.</summary>
    public double LargestError { get; private set; }

    /// <summary>What is wrong, a line each; which element is off by how much.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Ends a test where something is wrong.</summary>
    /// <exception cref="InvalidOperationException">Something is; the message says what.</exception>
    public void ThrowIfWrong()
    {
        if (!IsRight)
        {
            throw new InvalidOperationException(ToString());
        }
    }

    /// <summary>What was found, in a line, and what is wrong, in some more.</summary>
    public override string ToString()
    {
        const int Shown = 10;
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{(IsRight ? "gradients are right" : "gradients are wrong")}: {Compared} compared, {LeftOut} left out, largest error {LargestError:G2}");
        foreach (string fault in _faults.Take(Shown))
        {
            text.AppendLine().Append(fault);
        }
        return _faults.Count > Shown ? text.AppendLine().Append(CultureInfo.InvariantCulture, $"and {_faults.Count - Shown} more").ToString() : text.ToString();
    }

    internal void AddFault(string fault) => _faults.Add(fault);

    /// <summary>Compares some elements of a gradient with what is measured.</summary>
    /// <param name="name">What it is the gradient of.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="gradient">The gradient.</param>
    /// <param name="elements">Which elements to compare.</param>
    /// <param name="usualOfAll">The usual size of an element of all gradients that are checked together.</param>
    /// <param name="measure">Measures the derivative by an element with a step, and says how far it may be off.</param>
    internal void Compare(string name, Shape shape, ReadOnlySpan<float> gradient, int[] elements, double usualOfAll, Func<int, double, (double Value, double Uncertainty)> measure)
    {
        // All by the first step before any is judged: they tell the usual size.
        (double Value, double Uncertainty)[] first = [.. elements.Select(element => measure(element, GradientCheck.Steps[0].Step))];
        double usual = Math.Sqrt(first.Select(measured => measured.Value).Where(double.IsFinite).Sum(value => value * value) / Math.Max(1, elements.Length));
        int leftOut = 0;
        for (int i = 0; i < elements.Length; i++)
        {
            int element = elements[i];
            float own = gradient[element];
            (double Value, double Error)? told = null;
            bool isNothing = false;
            bool agrees = false;
            foreach ((double step, double tolerance) in GradientCheck.Steps)
            {
                (double value, double uncertainty) = step == GradientCheck.Steps[0].Step ? first[i] : measure(element, step);
                double size = Math.Abs(value) + usual;
                if (uncertainty <= tolerance * size)
                {
                    double error = own == value ? 0 : Math.Abs(own - value) / size;
                    told = (value, double.IsNaN(error) ? double.PositiveInfinity : error);
                    agrees = error <= tolerance;
                }
                // Such as those of biases before a batch normalisation, which subtracts them again: too small to be measured, and small enough.
                isNothing |= Math.Abs(own - value) <= uncertainty && uncertainty <= Negligible * usualOfAll;
                if (agrees)
                {
                    break;
                }
            }
            if (told is not (double measured, double off))
            {
                _ = isNothing ? Compared++ : leftOut++;
                continue;
            }
            Compared++;
            LargestError = Math.Max(LargestError, off);
            if (!agrees)
            {
                AddFault(string.Create(CultureInfo.InvariantCulture, $"{name} [{string.Join(", ", Place(element, shape))}]: the gradient is {own:G5}, measured {measured:G5}"));
            }
        }
        LeftOut += leftOut;
        if (leftOut > Math.Max(1, elements.Length / 2))
        {
            AddFault($"{name}: {leftOut} of {elements.Length} derivatives could not be measured; check with other numbers or fewer samples, or see whether outputs jump");
        }
    }

    private static int[] Place(int element, Shape shape)
    {
        int[] place = new int[shape.Count];
        for (int i = shape.Count - 1; i >= 0; i--)
        {
            (element, place[i]) = Math.DivRem(element, shape[i]);
        }
        return place;
    }
}
