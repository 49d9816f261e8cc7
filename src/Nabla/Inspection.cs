using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// A look inside a network: what each layer puts out for one sample, and which parts of the sample an output depends on.
/// </summary>
/// <remarks>It keeps a copy of the network's weights, as they were when it was made, and is used by one thread at a time.</remarks>
public sealed class Inspection
{
    private readonly Network _network;
    private readonly Workspace _workspace;
    private readonly float[] _blank;

    /// <param name="network">A network with weights.</param>
    /// <exception cref="InvalidOperationException">The network has no weights yet.</exception>
    public Inspection(Network network)
    {
        network.ThrowUnlessReady(network.InputShape.Size, "values");
        _network = new Network(new LayerGraph(network.InputShape, network.Graph.Specs, needsInputGradient: true)) { Preprocessing = network.Preprocessing };
        network.Parameters.CopyTo(_network.Parameters);
        network.Buffers.CopyTo(_network.Buffers);
        _network.MarkInitialized();
        // With memory for training every layer's output stays where it is; the layers behave as at inference all the same.
        _workspace = new Workspace(_network, rows: 1, training: true);
        _blank = new float[network.InputShape.Size];
        network.Preprocessing.Copy(new byte[_blank.Length], _blank);
        Look(new byte[_blank.Length]);
    }

    /// <summary>What the first layer reads of the sample, after preprocessing: of <see cref="Network.InputShape"/>.</summary>
    public ReadOnlySpan<float> Input => _workspace.Input[.._network.InputShape.Size];

    /// <summary>What a layer puts out for the sample, of <see cref="Layer.OutputShape"/>.</summary>
    /// <param name="layer">Its index in <see cref="Network.Layers"/>.</param>
    public ReadOnlySpan<float> OutputOf(int layer)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)layer, (uint)_network.Layers.Count, nameof(layer));
        return _workspace.Activation(layer + 1, firstRow: 0, rows: 1, part: 0);
    }

    /// <summary>What one unit of a layer with weights reads of the sample: of a convolution where that channel puts out most.</summary>
    /// <param name="layer">The layer's index in <see cref="Network.Layers"/>.</param>
    /// <param name="unit">The unit of a dense layer, or the channel of a convolution, from 0.</param>
    /// <returns>Its weights and what they are multiplied by; null where the layer has no weights, such as pooling.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer or unit.</exception>
    public ReceptiveField? ReceptiveFieldOf(int layer, int unit)
    {
        if (LayerWeights.Of(_network, layer) is not LayerWeights weights)
        {
            return null;
        }
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)unit, (uint)weights.Outputs, nameof(unit));
        int value = _network.Graph.InputsOf(layer)[0];
        ReadOnlySpan<float> input = value == 0 ? Input : OutputOf(value - 1);
        bool isDepthwise = _network.Layers[layer] is DepthwiseConvolution2D;
        ConvolutionGeometry geometry = _network.Layers[layer] switch
        {
            Convolution2D convolution => convolution.Geometry,
            DepthwiseConvolution2D convolution => convolution.Geometry,
            // A dense layer is a convolution as large as its image.
            _ => new ConvolutionGeometry(weights.Height, weights.Width, weights.Inputs, weights.Height, weights.Width, Stride: 1, Padding: 0),
        };
        int greatest = Greatest(OutputOf(layer), unit, weights.Outputs);
        int top = greatest / geometry.OutputWidth * geometry.Stride - geometry.Padding, left = greatest % geometry.OutputWidth * geometry.Stride - geometry.Padding;
        ReceptiveField field = new(top, left, weights.Height, weights.Width, weights.Inputs, new float[weights.Height * weights.Width * weights.Inputs], new float[weights.Height * weights.Width * weights.Inputs]);
        for (int y = 0, i = 0; y < field.Height; y++)
        {
            for (int x = 0; x < field.Width; x++)
            {
                for (int channel = 0; channel < field.Channels; channel++, i++)
                {
                    field.Weights[i] = weights[y, x, channel, unit];
                    bool isInside = top + y >= 0 && top + y < geometry.Height && left + x >= 0 && left + x < geometry.Width;
                    field.Values[i] = isInside ? input[((top + y) * geometry.Width + left + x) * geometry.Channels + (isDepthwise ? unit : channel)] : 0;
                }
            }
        }
        return field;
    }

    private static int Greatest(ReadOnlySpan<float> output, int unit, int units)
    {
        int greatest = 0;
        for (int position = 1; position < output.Length / units; position++)
        {
            greatest = output[position * units + unit] > output[greatest * units + unit] ? position : greatest;
        }
        return greatest;
    }

    /// <summary>Takes an image of bytes through the network.</summary>
    /// <param name="pixels">As many bytes as <see cref="Network.InputShape"/> has elements.</param>
    /// <exception cref="ArgumentException">There are more or fewer.</exception>
    public void Look(ReadOnlySpan<byte> pixels)
    {
        _network.ThrowUnlessReady(pixels.Length, "bytes");
        _network.Preprocessing.Copy(pixels, _workspace.Input);
        _network.Forward(_workspace, rows: 1);
    }

    /// <summary>Takes a sample of floats through the network.</summary>
    /// <param name="sample">As many numbers as <see cref="Network.InputShape"/> has elements.</param>
    /// <exception cref="ArgumentException">There are more or fewer.</exception>
    public void Look(ReadOnlySpan<float> sample)
    {
        _network.ThrowUnlessReady(sample.Length, "numbers");
        _network.Preprocessing.Copy(sample, _workspace.Input);
        _network.Forward(_workspace, rows: 1);
    }

    /// <summary>The gradient of one of the network's outputs, before any softmax, by each value of <see cref="Input"/>.</summary>
    /// <param name="output">Which output, from 0: a class.</param>
    /// <returns>As many numbers as the input has elements.</returns>
    public float[] InputGradient(int output)
    {
        ThrowUnlessOutput(output);
        _workspace.OutputGradient.Clear();
        _workspace.OutputGradient[output] = 1;
        _network.Backward(_workspace, rows: 1);
        return _workspace.ActivationGradient(value: 0, firstRow: 0, rows: 1).ToArray();
    }

    /// <summary>
    /// What each value of the input adds to one of the outputs, as far as the network is linear there: its gradient, times how far the value is from that of a blank image. A. Shrikumar and others, "Not Just a Black
    /// Box: Learning Important Features Through Propagating Activation Differences" (2016), who compare it with their own method, call it gradient × input.
    /// </summary>
    /// <param name="output">Which output, from 0: a class.</param>
    /// <returns>As many numbers as the input has elements; positive ones speak for the class, and where the image is blank they are 0.</returns>
    public float[] InputContributions(int output)
    {
        float[] contributions = InputGradient(output);
        for (int i = 0; i < contributions.Length; i++)
        {
            contributions[i] *= Input[i] - _blank[i];
        }
        return contributions;
    }

    /// <summary>
    /// How much lower one of the outputs, before any softmax, is where a square of the image is covered with blank: for each pixel the mean of all squares that cover it. M. Zeiler and R. Fergus, "Visualizing and
    /// Understanding Convolutional Networks" (2014).
    /// </summary>
    /// <param name="output">Which output, from 0: a class.</param>
    /// <param name="side">Side of the square in pixels.</param>
    /// <param name="stride">Pixels from one square to the next.</param>
    /// <returns>[height, width]; positive where what is there speaks for the class.</returns>
    /// <exception cref="InvalidOperationException">The network does not take images.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such output, or the squares are larger than the image or leave pixels out.</exception>
    public float[] Occlusion(int output, int side = 4, int stride = 2)
    {
        ThrowUnlessOutput(output);
        if (_network.InputShape.Count is not (2 or 3))
        {
            throw new InvalidOperationException($"Only an image can be covered in parts, but the network takes samples of {_network.InputShape}.");
        }
        int height = _network.InputShape[0], width = _network.InputShape[1], channels = _blank.Length / (height * width);
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(side, Math.Min(height, width));
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(stride, side);
        int[] tops = Begins(height, side, stride), lefts = Begins(width, side, stride);
        // One row of squares at a time.
        Workspace workspace = new(_network, lefts.Length, training: false);
        float uncovered = OutputOf(_network.Layers.Count - 1)[output];
        float[] sums = new float[height * width];
        int[] counts = new int[height * width];
        foreach (int top in tops)
        {
            for (int i = 0; i < lefts.Length; i++)
            {
                Span<float> image = workspace.Input.Slice(i * _blank.Length, _blank.Length);
                Input.CopyTo(image);
                for (int y = top; y < top + side; y++)
                {
                    int begin = (y * width + lefts[i]) * channels;
                    _blank.AsSpan(begin, side * channels).CopyTo(image[begin..]);
                }
            }
            _network.Forward(workspace, lefts.Length);
            for (int i = 0; i < lefts.Length; i++)
            {
                float lower = uncovered - workspace.Output[i * _network.OutputShape.Size + output];
                for (int y = top; y < top + side; y++)
                {
                    for (int x = lefts[i]; x < lefts[i] + side; x++)
                    {
                        sums[y * width + x] += lower;
                        counts[y * width + x]++;
                    }
                }
            }
        }
        return [.. sums.Select((sum, i) => sum / counts[i])];
    }

    /// <summary>Where squares begin along an edge: one also ends where the image does.</summary>
    private static int[] Begins(int length, int side, int stride) =>
        [.. Enumerable.Range(0, (length - side) / stride + 1).Select(i => i * stride).Append(length - side).Distinct()];

    private void ThrowUnlessOutput(int output) => ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)output, (uint)_network.OutputShape.Size, nameof(output));
}

/// <summary>What a unit reads: the weights of its kernel and the values that they are multiplied by, [height, width, channels] both. The products, added up, and the bias are what it puts out, before its activation.</summary>
/// <param name="Row">First row of what it reads; below 0 where that is padding.</param>
/// <param name="Column">First column of what it reads; below 0 where that is padding.</param>
/// <param name="Height">Rows of the kernel.</param>
/// <param name="Width">Columns of the kernel.</param>
/// <param name="Channels">Channels that it reads; of numbers that are no image, as many as there are numbers, in kernels of 1×1.</param>
/// <param name="Weights">The kernel.</param>
/// <param name="Values">What is under it; 0 for padding.</param>
public sealed record ReceptiveField(int Row, int Column, int Height, int Width, int Channels, float[] Weights, float[] Values);
