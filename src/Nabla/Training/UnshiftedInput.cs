using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// Standardised samples without the shift. (x − mean) / deviation makes numbers of zeros; scaled alone, they stay zeros, of
/// which products leave out many. The rest goes into the first layer: with c = −mean / deviation, (x / deviation + c) · W + b is
/// (x / deviation) · W + (b + c · W), and the gradient of W lacks the outer product of c and that of b.
/// </summary>
internal sealed class UnshiftedInput
{
    // A figure this far from zero, in deviations, costs three bits of the sums at most.
    private const float MostShift = 8;

    private readonly Network _network;
    private readonly Parameter _weight;
    private readonly Parameter _bias;
    private readonly float[] _shift;
    private readonly float[] _ownBias;

    private UnshiftedInput(Network network, Standardization figures, float[] shift)
    {
        _network = network;
        _weight = network.Layers[0].Parameters[0];
        _bias = network.Layers[0].Parameters[1];
        _shift = shift;
        _ownBias = new float[_bias.Shape.Size];
        Preprocessing = network.Preprocessing with { Standardization = new Standardization(new float[figures.Mean.Count], figures.Deviation) };
    }

    /// <summary>What scales samples and does not shift them.</summary>
    public Preprocessing Preprocessing { get; }

    /// <summary>For a network whose samples are standardised, whose first layer is dense, with biases, and with shifts not too large; else null.</summary>
    public static UnshiftedInput? For(Network network)
    {
        if (network.Preprocessing.Standardization is not { } figures || network.Layers[0] is not Dense { Parameters.Count: 2 })
        {
            return null;
        }
        float[] shift = new float[network.InputShape.Size];
        for (int i = 0; i < shift.Length; i++)
        {
            int figure = i % figures.Mean.Count;
            shift[i] = -figures.Mean[figure] / figures.Deviation[figure];
        }
        return shift.All(value => Math.Abs(value) <= MostShift) ? new UnshiftedInput(network, figures, shift) : null;
    }

    /// <summary>Moves the shift into the first layer's biases.</summary>
    public void Begin()
    {
        Span<float> bias = _bias.Of(_network.Parameters);
        bias.CopyTo(_ownBias);
        MatrixProduct.Multiply(_shift, _weight.Of(_network.Parameters), _ownBias, bias, rows: 1, _shift.Length, bias.Length, threads: 1);
    }

    /// <summary>Gives the first layer its own biases back.</summary>
    public void End() => _ownBias.CopyTo(_bias.Of(_network.Parameters));

    /// <summary>Completes the gradient of the first layer's weights.</summary>
    public void Complete(Span<float> gradient) => MatrixProduct.MultiplyLeftTransposed(
        _shift, _bias.Of(gradient), _weight.Of(gradient), rows: _shift.Length, inner: 1, _ownBias.Length, threads: 1, GradientUse.Add);
}
