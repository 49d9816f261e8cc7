using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// Lets blanks stay blank in standardised samples. (x − mean) / deviation turns zeros into other numbers; values that are
/// only divided stay zeros, of which products leave out many. The shift is made up for in the first layer: with
/// c = −mean / deviation, (x / deviation + c) · W + b is (x / deviation) · W + (b + c · W), and the gradient of W lacks the
/// outer product of c and the gradient of b. That is the same but for rounding.
/// </summary>
internal sealed class FoldedShift
{
    private readonly Network _network;
    private readonly Parameter _weight;
    private readonly Parameter _bias;
    private readonly float[] _shift;
    private readonly AlignedFloats _parameters;

    private FoldedShift(Network network, Preprocessing preprocessing, float[] shift)
    {
        _network = network;
        _weight = network.Layers[0].Parameters[0];
        _bias = network.Layers[0].Parameters[1];
        _shift = shift;
        _parameters = new AlignedFloats(network.Parameters.Length);
        Preprocessing = preprocessing;
    }

    /// <summary>The network's preprocessing without the shift of places that are often blank.</summary>
    public Preprocessing Preprocessing { get; }

    /// <summary>
    /// For a network that standardises its samples, whose only layer to read them is dense, with biases, and for samples that are blank
    /// in places; else null.
    /// </summary>
    public static FoldedShift? For(Network network, Features features)
    {
        if (network.Preprocessing.Standardization is not { } figures || network.Layers[0] is not Dense { Parameters.Count: 2 } || network.Graph.ReadersOf(0).Length > 1)
        {
            return null;
        }
        int[] blanks = Blanks(features, out int samples);
        float[] mean = new float[blanks.Length], deviation = new float[blanks.Length], shift = new float[blanks.Length];
        for (int i = 0; i < blanks.Length; i++)
        {
            mean[i] = figures.Mean[i % figures.Mean.Count];
            deviation[i] = figures.Deviation[i % figures.Deviation.Count];
            float folded = -mean[i] * (1 / deviation[i]);
            // Values that never change must become zero exactly: what is left of them would be noise that moves weights.
            if (blanks[i] >= ExecutionPlan.MinBlankToFold * samples && Math.Abs(folded) <= ExecutionPlan.MaxFoldedShift)
            {
                (mean[i], shift[i]) = (0, folded);
            }
        }
        return shift.All(value => value == 0) ? null : new FoldedShift(network, network.Preprocessing with { Standardization = new(mean, deviation) }, shift);
    }

    /// <summary>The network's parameters as they are, but what the shift does to all sums of the first layer is added to its biases.</summary>
    public ReadOnlySpan<float> ShiftedParameters()
    {
        ReadOnlySpan<float> own = _network.Parameters;
        own.CopyTo(_parameters.Span);
        MatrixProduct.Multiply(_shift, _weight.Of(own), _bias.Of(own), _bias.Of(_parameters.Span), rows: 1, _shift.Length, _bias.Shape.Size, threads: 1);
        return _parameters.Span;
    }

    /// <summary>Adds what is missing from the gradient of the first layer's weights.</summary>
    public void AddToGradient(Span<float> gradient) => MatrixProduct.MultiplyLeftTransposed(
        _shift, _bias.Of(gradient), _weight.Of(gradient), rows: _shift.Length, inner: 1, _bias.Shape.Size, threads: 1, GradientUse.Add);

    /// <summary>For each place how many of the first samples are zero there.</summary>
    private static int[] Blanks(Features features, out int samples)
    {
        samples = Math.Min(features.Count, ExecutionPlan.SamplesToTellBlanks);
        int[] blanks = new int[features.SampleShape.Size];
        float[] sample = new float[blanks.Length];
        for (int row = 0; row < samples; row++)
        {
            features.CopyRow(row, byteDivisor: 1, sample);
            for (int i = 0; i < blanks.Length; i++)
            {
                blanks[i] += sample[i] == 0 ? 1 : 0;
            }
        }
        return blanks;
    }
}
