namespace Nabla.Onnx;

/// <summary>
/// How a tensor of a model shows a value of the network: each extent of the tensor, without the batch, is a product of factors, each of so many steps of a stride through the numbers of the
/// network's value. So reshaping and transposing move no number; layers with weights turn these into the network's order instead.
/// </summary>
internal sealed class TensorView
{
    private readonly (int Size, int Stride)[][] _axes;

    private TensorView((int Size, int Stride)[][] axes)
    {
        _axes = axes;
        Extents = [.. axes.Select(factors => factors.Aggregate(1, (size, factor) => size * factor.Size))];
    }

    /// <summary>Extents of the tensor, without the batch.</summary>
    public int[] Extents { get; }

    /// <summary>Numbers in a sample.</summary>
    public int Size => Extents.Aggregate(1, (size, extent) => size * extent);

    /// <summary>Whether the tensor has its numbers in the network's order.</summary>
    public bool IsInOrder => Merged is [] or [(_, 1)];

    /// <summary>The factors of all extents, those that make one stretch taken together.</summary>
    private List<(int Size, int Stride)> Merged
    {
        get
        {
            List<(int Size, int Stride)> merged = [];
            foreach ((int size, int stride) in _axes.SelectMany(factors => factors).Where(factor => factor.Size > 1))
            {
                if (merged is [.., (int Size, int Stride) last] && last.Stride == (long)size * stride)
                {
                    merged[^1] = (last.Size * size, stride);
                }
                else
                {
                    merged.Add((size, stride));
                }
            }
            return merged;
        }
    }

    /// <summary>A tensor [batch, shape], in the network's order.</summary>
    public static TensorView Of(IReadOnlyList<int> shape)
    {
        (int, int)[][] axes = new (int, int)[shape.Count][];
        for (int i = shape.Count - 1, stride = 1; i >= 0; stride *= shape[i--])
        {
            axes[i] = [(shape[i], stride)];
        }
        return new TensorView(axes);
    }

    /// <summary>A tensor [batch, channels, height, width] of an image [height, width, channels].</summary>
    public static TensorView ChannelsFirst(Shape image) => Of(LayerBuilder.WithChannels(image)).Transpose([2, 0, 1]);

    /// <summary>Kernels as ONNX has them, [channels out, channels in, height, width], of Nabla's [height, width, channels in, channels out].</summary>
    public static TensorView Kernels(int height, int width, int inputs, int outputs) => Of([height, width, inputs, outputs]).Transpose([3, 2, 0, 1]);

    /// <summary>The same numbers under other extents; null where these would take a factor apart that has no such part.</summary>
    /// <param name="extents">Extents of the same product.</param>
    public TensorView? Reshape(IReadOnlyList<int> extents)
    {
        Queue<(int Size, int Stride)> factors = new(_axes.SelectMany(axis => axis).Where(factor => factor.Size > 1));
        (int Size, int Stride) rest = (1, 0);
        (int, int)[][] axes = new (int, int)[extents.Count][];
        for (int i = 0; i < extents.Count; i++)
        {
            List<(int, int)> taken = [];
            for (int wanted = extents[i]; wanted > 1;)
            {
                if (rest.Size == 1 && !factors.TryDequeue(out rest))
                {
                    return null;
                }
                if (wanted % rest.Size == 0)
                {
                    taken.Add(rest);
                    (wanted, rest) = (wanted / rest.Size, (1, 0));
                }
                else if (rest.Size % wanted == 0)
                {
                    int inner = rest.Size / wanted;
                    taken.Add((wanted, inner * rest.Stride));
                    (wanted, rest) = (1, (inner, rest.Stride));
                }
                else
                {
                    return null;
                }
            }
            axes[i] = [.. taken];
        }
        return rest.Size == 1 && factors.Count == 0 ? new TensorView(axes) : null;
    }

    /// <summary>The same numbers with other extents first.</summary>
    /// <param name="axes">For each extent of the result which of this it is, from 0 for the one after the batch.</param>
    public TensorView Transpose(IReadOnlyList<int> axes) => new([.. axes.Select(axis => _axes[axis])]);

    /// <summary>Of a matrix whose rows stand for these numbers, with so many columns: the rows in the tensor's order.</summary>
    public TensorView WithRest(int columns) => new([.. _axes.Select(factors => factors.Select(factor => (factor.Size, factor.Stride * columns)).ToArray()), [(columns, 1)]]);

    /// <summary>Whether both show the same numbers in the same order.</summary>
    public bool ShowsAs(TensorView other) => Merged.SequenceEqual(other.Merged);

    /// <summary>Whether an extent goes through the last extent of the network's value, its channels.</summary>
    /// <param name="axis">The extent, from 0 for the one after the batch.</param>
    /// <param name="shape">Shape of the network's value.</param>
    public bool IsChannels(int axis, Shape shape) => axis < _axes.Length && Extents[axis] == shape[^1]
        && (shape[^1] == 1 || new TensorView([_axes[axis]]).Merged is [(_, 1)]);

    /// <summary>For each number of the tensor, row by row, the place in the network's value.</summary>
    public int[] Places()
    {
        int[] places = [0];
        foreach ((int size, int stride) in _axes.SelectMany(axis => axis))
        {
            int[] finer = new int[places.Length * size];
            for (int i = 0; i < finer.Length; i++)
            {
                finer[i] = places[i / size] + i % size * stride;
            }
            places = finer;
        }
        return places;
    }

    /// <summary>Numbers in the tensor's order, put into the network's.</summary>
    public float[] ToNetwork(ReadOnlySpan<float> values)
    {
        int[] places = Places();
        float[] ordered = new float[values.Length];
        for (int i = 0; i < places.Length; i++)
        {
            ordered[places[i]] = values[i];
        }
        return ordered;
    }

    /// <summary>Numbers in the network's order, put into the tensor's.</summary>
    public float[] FromNetwork(ReadOnlySpan<float> values)
    {
        int[] places = Places();
        float[] ordered = new float[values.Length];
        for (int i = 0; i < places.Length; i++)
        {
            ordered[i] = values[places[i]];
        }
        return ordered;
    }

    /// <summary>As messages show it: <c>batch×1×28×28</c>.</summary>
    public override string ToString() => $"batch×{string.Join('×', Extents)}";
}
