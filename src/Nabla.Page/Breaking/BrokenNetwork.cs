namespace Nabla.Page;

/// <summary>
/// A copy of a network whose weights can be damaged and are whole again with the next damage: first they lose precision, then noise is added, then units are switched off. Weights
/// are those of sums (<see cref="ParameterRole.Weight"/>); biases and scales stay, but for those of units that are off. What is random repeats: it follows from the layer and the place alone.
/// </summary>
internal sealed class BrokenNetwork
{
    private const ulong Seed = 1;

    // What Philox draws for: noise of one parameter must not be that of another, nor an order of units.
    private const uint NoisePurpose = 0, OrderPurpose = 1;

    private readonly float[] _whole;

    /// <param name="network">A network with weights; it stays as it is.</param>
    public BrokenNetwork(Network network)
    {
        // It has weights of its own; batch normalisation is in them.
        Network = network.FoldBatchNormalization();
        _whole = Network.Parameters.ToArray();
        Layers = [.. Network.Layers.Select((layer, i) => (Layer: layer, Index: i)).Where(entry => WeightOf(entry.Layer) is not null).Select(entry => new BreakableLayer(entry.Index, entry.Layer, RandomOrder(entry.Index, UnitsOf(entry.Layer))))];
    }

    /// <summary>The network as it is damaged now.</summary>
    public Network Network { get; }

    /// <summary>The layers that have units to switch off.</summary>
    public IReadOnlyList<BreakableLayer> Layers { get; }

    /// <summary>Damages the whole weights.</summary>
    /// <param name="bits">Bits of a weight, see <see cref="Quantize"/>: 32, 16, 8, 4, 2 or 1.</param>
    /// <param name="noise">Standard deviation of the normal noise that is added to each weight, as a share of the standard deviation of its layer's whole weights.</param>
    /// <param name="layer">Index of a layer in <see cref="Network.Layers"/>; of no meaning where no unit is switched off.</param>
    /// <param name="unitsOff">
    /// Units of that layer, outputs of a dense one and channels of a convolution, whose weights and bias become 0. So they put out the same for every image: 0, or ½ after a sigmoid.
    /// </param>
    public void Damage(int bits, double noise, int layer, ReadOnlySpan<int> unitsOff)
    {
        Span<float> parameters = Network.Parameters;
        _whole.CopyTo(parameters);
        for (int i = 0; i < Network.Layers.Count; i++)
        {
            if (WeightOf(Network.Layers[i]) is Parameter weight)
            {
                Span<float> values = weight.Of(parameters);
                Quantize(values, bits);
                AddNoise(values, (float)(noise * Deviation(weight.Of((ReadOnlySpan<float>)_whole))), new Philox(Seed, (uint)i, purpose: NoisePurpose));
            }
        }
        foreach (int unit in unitsOff)
        {
            foreach (Parameter parameter in Network.Layers[layer].Parameters)
            {
                SwitchOff(parameter.Of(parameters), unit, UnitsOf(Network.Layers[layer]));
            }
        }
    }

    /// <summary>
    /// Rounds weights to what so many bits hold, all of them with one scale. 16: the nearest half-precision float. 8, 4 or 2: of the 2ᵇ − 1 levels s·k with whole k from −n to n the nearest, where
    /// n = 2ᵇ⁻¹ − 1 and s = max|w| / n. 1: the sign times the mean of |w|, as M. Rastegari et al., "XNOR-Net", ECCV 2016. 32: they stay.
    /// </summary>
    public static void Quantize(Span<float> weights, int bits)
    {
        float greatest = 0;
        double sum = 0;
        foreach (float weight in weights)
        {
            greatest = Math.Max(greatest, Math.Abs(weight));
            sum += Math.Abs(weight);
        }
        float mean = (float)(sum / weights.Length);
        int levels = (1 << (Math.Min(bits, 8) - 1)) - 1;
        float scale = greatest / levels;
        foreach (ref float weight in weights)
        {
            weight = bits switch
            {
                32 => weight,
                16 => (float)(Half)weight,
                8 or 4 or 2 => greatest > 0 ? scale * MathF.Round(weight / scale) : 0,
                1 => weight < 0 ? -mean : mean,
                _ => throw new ArgumentOutOfRangeException(nameof(bits), bits, "Expected 32, 16, 8, 4, 2 or 1 bits."),
            };
        }
    }

    private static void AddNoise(Span<float> weights, float deviation, Philox random)
    {
        if (deviation == 0)
        {
            return;
        }
        float[] noise = new float[weights.Length];
        random.FillNormal(noise);
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] += deviation * noise[i];
        }
    }

    private static double Deviation(ReadOnlySpan<float> values)
    {
        double sum = 0, squares = 0;
        foreach (float value in values)
        {
            sum += value;
            squares += (double)value * value;
        }
        double mean = sum / values.Length;
        return Math.Sqrt(Math.Max(0, squares / values.Length - mean * mean));
    }

    /// <summary>Units are the last extent of all parameters of a layer.</summary>
    private static void SwitchOff(Span<float> values, int unit, int units)
    {
        for (int i = unit; i < values.Length; i += units)
        {
            values[i] = 0;
        }
    }

    private static Parameter? WeightOf(Layer layer) => layer.Parameters.FirstOrDefault(parameter => parameter.Role == ParameterRole.Weight);

    private static int UnitsOf(Layer layer) => WeightOf(layer)!.Shape[^1];

    /// <summary>All units in a random order, by Fisher and Yates: a share of them is the first so many.</summary>
    private static int[] RandomOrder(int layer, int units)
    {
        Philox random = new(Seed, (uint)layer, purpose: OrderPurpose);
        int[] order = [.. Enumerable.Range(0, units)];
        for (int i = units - 1; i > 0; i--)
        {
            int other = random.NextBelow(i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }
        return order;
    }
}

/// <summary>A layer with units to switch off.</summary>
/// <param name="Index">Its place in <see cref="Network.Layers"/>.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Order">Its units in the order in which a growing share of them is switched off.</param>
internal sealed record BreakableLayer(int Index, Layer Layer, int[] Order);
