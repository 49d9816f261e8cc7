using Nabla.Tests.Numerics;

namespace Nabla.Tests.Layers;

/// <summary>Networks in double precision, written as the textbook has them: what the float implementation is held against.</summary>
internal sealed class ReferenceNetwork
{
    private readonly Network _network;
    private readonly double[] _parameters;
    private readonly Dictionary<int, float[]> _masks = [];
    private readonly SampleRandom _random;

    /// <param name="network">The network to follow.</param>
    /// <param name="workspace">Where its dropout layers have left their masks; null where it has none.</param>
    /// <param name="rows">Samples of the pass that left them.</param>
    /// <param name="random">Where that pass drew from.</param>
    public ReferenceNetwork(Network network, Workspace? workspace = null, int rows = 0, SampleRandom random = default)
    {
        _network = network;
        _random = random;
        for (int i = 0; workspace is not null && i < network.Layers.Count; i++)
        {
            _masks[i] = workspace.State(i, 0, rows).ToArray();
        }
        _parameters = [.. network.Parameters.ToArray().Select(value => (double)value)];
    }

    /// <summary>
    /// Smallest distance of any ReLU's weighted sum from its kink, and of the greatest number of any window from the next
    /// lower one, over all samples forwarded so far.
    /// </summary>
    public double LeastDistanceFromKink { get; private set; } = double.PositiveInfinity;

    /// <summary>The outputs of all samples: [rows, output size].</summary>
    public double[] Forward(float[] inputs, int rows)
    {
        int size = _network.InputShape.Size;
        List<double[][]> values = [[.. Enumerable.Range(0, rows).Select(row => inputs.Skip(row * size).Take(size).Select(value => (double)value).ToArray())]];
        for (int i = 0; i < _network.Layers.Count; i++)
        {
            int[] read = _network.Graph.InputsOf(i).ToArray();
            values.Add(_network.Layers[i].Spec is BatchNormalizationSpec spec
                ? Normalize(values[read[0]], _network.Layers[i], spec)
                : [.. Enumerable.Range(0, rows).Select(row => ForwardRow(i, [.. read.Select(value => values[value][row])], row))]);
        }
        return [.. values[^1].SelectMany(row => row)];
    }

    /// <summary>The gradient of Σ weights · outputs by central differences.</summary>
    public double[] NumericGradient(float[] inputs, int rows, float[] weights)
    {
        // The error of a central difference is about H² from its curvature and 1e-16 / H from rounding: 1e-10 either way.
        const double H = 1e-5;
        double[] gradient = new double[_parameters.Length];
        for (int i = 0; i < gradient.Length; i++)
        {
            double value = _parameters[i];
            _parameters[i] = value + H;
            double above = WeightedSum();
            _parameters[i] = value - H;
            double below = WeightedSum();
            _parameters[i] = value;
            gradient[i] = (above - below) / (2 * H);
        }
        return gradient;

        double WeightedSum() => Forward(inputs, rows).Zip(weights, (output, weight) => output * weight).Sum();
    }

    private static double[] AddNoise(double[] x, GaussianNoiseSpec spec, Philox random)
    {
        float[] noise = new float[x.Length];
        random.FillNormal(noise);
        return [.. x.Zip(noise, (value, normal) => value + spec.Deviation * normal)];
    }

    private double[] ForwardRow(int index, double[][] inputs, int row)
    {
        Layer layer = _network.Layers[index];
        double[] x = inputs[0];
        return layer.Spec switch
        {
            DenseSpec spec => Activate(Dense(x, layer, spec), spec.Activation),
            Convolution2DSpec spec => Activate(Convolve(x, layer, spec), spec.Activation),
            GaussianNoiseSpec spec => AddNoise(x, spec, _random.ForLayer(row, index)),
            DropoutSpec => [.. x.Select((value, at) => value * _masks[index][row * x.Length + at])],
            Cropping2DSpec spec => Crop(x, layer, spec),
            Pooling2DSpec spec => Pool(x, layer, spec),
            FlattenSpec => x,
            DepthwiseConvolution2DSpec spec => Activate(ConvolveChannels(x, layer, spec), spec.Activation),
            GlobalAveragePooling2DSpec => [.. Enumerable.Range(0, layer.OutputShape.Size).Select(channel => x.Where((_, at) => at % layer.OutputShape.Size == channel).Average())],
            LayerNormalizationSpec spec => Normalize(x, layer, spec),
            LeakyReLUSpec spec => Leak(x, spec),
            GELUSpec => [.. x.Select(value => value * NormalDistribution.Below(value))],
            SiLUSpec => [.. x.Select(value => value / (1 + Math.Exp(-value)))],
            SoftplusSpec => [.. x.Select(value => Math.Log(1 + Math.Exp(value)))],
            ActivationSpec spec => Activate(x, spec.Function),
            ClipSpec spec => [.. x.Select(value => Math.Clamp(value, spec.Minimum, spec.Maximum))],
            RescalingSpec spec => [.. x.Select(value => value * spec.Scale + spec.Offset)],
            AddSpec spec => Activate([.. x.Select((_, at) => inputs.Sum(values => values[at]))], spec.Activation),
            ConcatenateSpec => SideBySide(inputs, layer.OutputShape),
            _ => throw new NotSupportedException($"No reference for {layer}."),
        };
    }

    /// <summary>By mean and variance of each channel over all samples and positions.</summary>
    private double[][] Normalize(double[][] samples, Layer layer, BatchNormalizationSpec spec)
    {
        int channels = layer.OutputShape[^1];
        double[][] normalized = [.. samples.Select(x => new double[x.Length])];
        for (int channel = 0; channel < channels; channel++)
        {
            double[] all = [.. samples.SelectMany(x => x.Where((_, at) => at % channels == channel))];
            double mean = all.Average(), variance = all.Average(value => (value - mean) * (value - mean));
            (double scale, double offset) = (_parameters[layer.Parameters[0].Offset + channel], _parameters[layer.Parameters[1].Offset + channel]);
            for (int row = 0; row < samples.Length; row++)
            {
                for (int at = channel; at < samples[row].Length; at += channels)
                {
                    normalized[row][at] = (samples[row][at] - mean) / Math.Sqrt(variance + spec.Epsilon) * scale + offset;
                }
            }
        }
        return [.. normalized.Select(x => Activate(x, spec.Activation))];
    }

    private static double[] SideBySide(double[][] inputs, Shape output)
    {
        int outer = output.Size / output[^1];
        return [.. Enumerable.Range(0, outer).SelectMany(at => inputs.SelectMany(x => x.Skip(at * (x.Length / outer)).Take(x.Length / outer)))];
    }

    private double[] Dense(double[] x, Layer layer, DenseSpec spec)
    {
        int at = layer.Parameters[0].Offset;
        double[] y = new double[spec.Units];
        for (int j = 0; j < y.Length; j++)
        {
            for (int i = 0; i < x.Length; i++)
            {
                y[j] += x[i] * _parameters[at + i * y.Length + j];
            }
            y[j] += spec.Bias ? _parameters[layer.Parameters[1].Offset + j] : 0;
        }
        return y;
    }

    /// <summary>Straight from the definition: for every output pixel and filter, a sum over the kernel and the channels.</summary>
    private double[] Convolve(double[] x, Layer layer, Convolution2DSpec spec)
    {
        (int height, int width, int channels) = (layer.InputShape[0], layer.InputShape[1], layer.InputShape[2]);
        int weight = layer.Parameters[0].Offset;
        double[] y = new double[layer.OutputShape.Size];
        for (int i = 0; i < y.Length; i++)
        {
            int filter = i % spec.Filters;
            int column = i / spec.Filters % layer.OutputShape[1];
            int row = i / spec.Filters / layer.OutputShape[1];
            y[i] = spec.Bias ? _parameters[layer.Parameters[1].Offset + filter] : 0;
            for (int dy = 0; dy < spec.KernelHeight; dy++)
            {
                for (int dx = 0; dx < spec.KernelWidth; dx++)
                {
                    int atY = row * spec.Stride + dy - spec.Padding;
                    int atX = column * spec.Stride + dx - spec.Padding;
                    for (int channel = 0; channel < channels && atY >= 0 && atY < height && atX >= 0 && atX < width; channel++)
                    {
                        y[i] += x[(atY * width + atX) * channels + channel]
                            * _parameters[weight + ((dy * spec.KernelWidth + dx) * channels + channel) * spec.Filters + filter];
                    }
                }
            }
        }
        return y;
    }

    /// <summary>Straight from the definition: for every output number a sum over the kernel of its channel.</summary>
    private double[] ConvolveChannels(double[] x, Layer layer, DepthwiseConvolution2DSpec spec)
    {
        (int height, int width, int channels) = (layer.InputShape[0], layer.InputShape[1], layer.InputShape[2]);
        double[] y = new double[layer.OutputShape.Size];
        for (int i = 0; i < y.Length; i++)
        {
            int channel = i % channels;
            int left = i / channels % layer.OutputShape[1] * spec.Stride - spec.Padding, top = i / channels / layer.OutputShape[1] * spec.Stride - spec.Padding;
            y[i] = spec.Bias ? _parameters[layer.Parameters[1].Offset + channel] : 0;
            for (int place = 0; place < spec.KernelHeight * spec.KernelWidth; place++)
            {
                int row = top + place / spec.KernelWidth, column = left + place % spec.KernelWidth;
                bool isInside = row >= 0 && row < height && column >= 0 && column < width;
                y[i] += isInside ? x[(row * width + column) * channels + channel] * _parameters[layer.Parameters[0].Offset + place * channels + channel] : 0;
            }
        }
        return y;
    }

    private double[] Normalize(double[] x, Layer layer, LayerNormalizationSpec spec)
    {
        int width = layer.OutputShape[^1];
        return [.. x.Chunk(width).SelectMany(row =>
        {
            double mean = row.Average(), variance = row.Average(value => Math.Pow(value - mean, 2));
            return row.Select((value, at) => (value - mean) / Math.Sqrt(variance + spec.Epsilon) * _parameters[layer.Parameters[0].Offset + at] + _parameters[layer.Parameters[1].Offset + at]);
        })];
    }

    private double[] Leak(double[] x, LeakyReLUSpec spec)
    {
        LeastDistanceFromKink = Math.Min(LeastDistanceFromKink, x.Min(Math.Abs));
        return [.. x.Select(value => value > 0 ? value : spec.NegativeSlope * value)];
    }

    private static double[] Crop(double[] x, Layer layer, Cropping2DSpec spec)
    {
        double[] y = new double[layer.OutputShape.Size];
        for (int i = 0; i < y.Length; i++)
        {
            int channel = i % layer.InputShape[2];
            int column = i / layer.InputShape[2] % layer.OutputShape[1] + spec.Left;
            int row = i / layer.InputShape[2] / layer.OutputShape[1] + spec.Top;
            y[i] = x[(row * layer.InputShape[1] + column) * layer.InputShape[2] + channel];
        }
        return y;
    }

    /// <summary>Straight from the definition: for every output pixel and channel, the numbers of the window that lie in the image.</summary>
    private double[] Pool(double[] x, Layer layer, Pooling2DSpec spec)
    {
        (int height, int width, int channels) = (layer.InputShape[0], layer.InputShape[1], layer.InputShape[2]);
        double[] y = new double[layer.OutputShape.Size];
        for (int i = 0; i < y.Length; i++)
        {
            int channel = i % channels;
            int left = i / channels % layer.OutputShape[1] * (spec.Stride ?? spec.KernelWidth) - spec.Padding;
            int top = i / channels / layer.OutputShape[1] * (spec.Stride ?? spec.KernelHeight) - spec.Padding;
            double[] window = [.. from row in Enumerable.Range(top, spec.KernelHeight)
                                  from column in Enumerable.Range(left, spec.KernelWidth)
                                  where row >= 0 && row < height && column >= 0 && column < width
                                  select x[(row * width + column) * channels + channel]];
            y[i] = spec is MaxPooling2DSpec ? window.Max() : window.Average();
            // Equals are zeros of a ReLU that stay zeros: no kink lies there.
            foreach (double lower in window.Where(value => spec is MaxPooling2DSpec && value < y[i]))
            {
                LeastDistanceFromKink = Math.Min(LeastDistanceFromKink, y[i] - lower);
            }
        }
        return y;
    }

    private double[] Activate(double[] sums, Activation activation)
    {
        if (activation == Activation.ReLU)
        {
            LeastDistanceFromKink = Math.Min(LeastDistanceFromKink, sums.Min(Math.Abs));
        }
        return [.. sums.Select(sum => activation switch
        {
            Activation.Sigmoid => 1 / (1 + Math.Exp(-sum)),
            Activation.Tanh => Math.Tanh(sum),
            Activation.ReLU => Math.Max(sum, 0),
            _ => sum,
        })];
    }
}
