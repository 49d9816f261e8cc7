using Nabla.Onnx.Format;

namespace Nabla.Onnx.Import;

// What moves numbers or puts values together.
internal sealed partial class GraphReader
{
    private Tensor ReadFlatten(NodeProto node)
    {
        Tensor tensor = Plain(node, 0);
        int axis = new NodeAttributes(node).Int("axis", 1);
        return axis == 1 || axis == -tensor.View.Extents.Length
            ? Reshaped(node, tensor, [tensor.View.Size])
            : throw Unsupported(node, $"flattens {tensor.View} from axis {axis} on", "expected axis 1, all but the batch");
    }

    private Tensor ReadReshape(NodeProto node)
    {
        Tensor tensor = Plain(node, 0);
        long[] wanted = (Numbers(node, 1) ?? throw Unsupported(node, "has no shape", "expected one as its second input")).Integers;
        int[] extents = tensor.View.Extents;
        bool zeroIsZero = new NodeAttributes(node).Int("allowzero", 0) != 0;
        // The batch is 0 for "as it was", −1 for "the rest", the extent that the model itself has taken from its input, or the size that it was exported for.
        long batch = _graph.Input.Type.TensorType.Shape.Dim[0].DimValue;
        bool keepsBatch = wanted.Length > 0 && (wanted[0] == Constant.Batch || (wanted[0] == 0 && !zeroIsZero) || wanted[0] == -1 || (batch > 0 && wanted[0] == batch));
        long[] rest = keepsBatch ? [.. wanted.Skip(1).Select((extent, i) => extent == 0 && !zeroIsZero && i < extents.Length ? extents[i] : extent)] : [];
        long known = 1;
        foreach (long extent in rest.Where(extent => extent != -1))
        {
            known = extent is > 0 and <= int.MaxValue && known is > 0 and <= int.MaxValue ? known * extent : -1;
        }
        if (!keepsBatch || known < 1 || rest.Length > 8 || rest.Count(extent => extent == -1) > (wanted[0] == -1 ? 0 : 1) || tensor.View.Size % known != 0 || (!rest.Contains(-1) && known != tensor.View.Size))
        {
            throw Unsupported(node, $"makes [{string.Join(", ", wanted.Select(extent => extent == Constant.Batch ? "batch" : FormattableString.Invariant($"{extent}")))}] of {tensor.View}", "expected the batch first, and as many numbers for each sample");
        }
        return Reshaped(node, tensor, [.. rest.Select(extent => (int)(extent == -1 ? tensor.View.Size / known : extent))]);
    }

    private Tensor ReadSqueeze(NodeProto node)
    {
        Tensor tensor = Plain(node, 0);
        long[]? axes = new NodeAttributes(node).Ints("axes") ?? Numbers(node, 1)?.Integers;
        List<int> extents = [.. tensor.View.Extents];
        bool isSqueeze = node.OpType == "Squeeze";
        int rank = extents.Count + 1 + (isSqueeze ? 0 : axes?.Length ?? 0);
        axes ??= [.. Enumerable.Range(1, extents.Count).Where(axis => extents[axis - 1] == 1).Select(axis => (long)axis)];
        int[] places = [.. axes.Take(10).Select(axis => (int)Math.Clamp(axis < 0 ? axis + rank : axis, 0, rank)).Order()];
        if (places.Distinct().Count() != axes.Length || places.Any(place => place == 0 || place >= rank || (isSqueeze && extents[place - 1] != 1)))
        {
            throw Unsupported(node, $"changes the axes [{string.Join(", ", axes.Take(10))}] of {tensor.View}", isSqueeze ? "expected extents of 1 other than the batch" : "expected places after the batch");
        }
        foreach (int place in isSqueeze ? places.Reverse() : places)
        {
            if (isSqueeze)
            {
                extents.RemoveAt(place - 1);
            }
            else
            {
                extents.Insert(place - 1, 1);
            }
        }
        return Reshaped(node, tensor, [.. extents]);
    }

    private Tensor ReadTranspose(NodeProto node)
    {
        Tensor tensor = Plain(node, 0);
        int rank = tensor.View.Extents.Length + 1;
        long[] order = new NodeAttributes(node).Ints("perm") ?? [.. Enumerable.Range(0, rank).Reverse().Select(axis => (long)axis)];
        return order is [0, ..] && order.Order().SequenceEqual(Enumerable.Range(0, rank).Select(axis => (long)axis))
            ? tensor with { View = tensor.View.Transpose([.. order.Skip(1).Select(axis => (int)axis - 1)]) }
            : throw Unsupported(node, $"puts the axes of {tensor.View} into the order [{string.Join(", ", order.Take(10))}]", "expected the batch to stay first, and each other axis once");
    }

    /// <summary>A tensor under other extents; rows of numbers that were an image become a layer of their own.</summary>
    private Tensor Reshaped(NodeProto node, Tensor tensor, int[] extents)
    {
        TensorView view = tensor.View.Reshape(extents) ?? throw Unsupported(node, $"makes batch×{string.Join('×', extents)} of {tensor.View}, across what was transposed", "transpose it back first");
        return extents.Length == 1 && ShapeOf(tensor.Value).Count > 1
            ? new Tensor(Add(node, new FlattenSpec(), [tensor.Value]), view)
            : tensor with { View = view };
    }

    private Tensor ReadConcatenation(NodeProto node)
    {
        Tensor[] tensors = [.. node.Input.Select((_, i) => Plain(node, i))];
        if (tensors.Length == 1)
        {
            return tensors[0];
        }
        int rank = tensors[0].View.Extents.Length + 1, axis = new NodeAttributes(node).Int("axis", 1);
        axis = axis < 0 ? axis + rank : axis;
        bool areFirst = axis == 1 && rank == 4 && tensors.All(tensor => tensor.View.ShowsAs(TensorView.ChannelsFirst(ShapeOf(tensor.Value))) && ShapeOf(tensor.Value).Count is 2 or 3);
        if (!areFirst && !(axis == rank - 1 && tensors.All(tensor => tensor.View.IsInOrder && tensor.View.Extents.SequenceEqual(LayerBuilder.WithChannels(ShapeOf(tensor.Value))))))
        {
            throw Unsupported(node, $"puts {string.Join(" and ", tensors.Select(tensor => $"{tensor.View}").Distinct().Take(3))} together along axis {axis}", "expected images along their channels, or rows of numbers that were not flattened from images with channels first");
        }
        int value = Add(node, new ConcatenateSpec(), [.. tensors.Select(tensor => tensor.Value)]);
        return new Tensor(value, areFirst ? TensorView.ChannelsFirst(ShapeOf(value)) : TensorView.Of(ShapeOf(value)));
    }

    private Tensor ReadSlice(NodeProto node)
    {
        NodeAttributes attributes = new(node);
        Tensor tensor = Plain(node, 0);
        Shape shape = ShapeOf(tensor.Value), image = LayerBuilder.WithChannels(shape);
        int[] extents = tensor.View.Extents;
        long[] starts = attributes.Ints("starts") ?? Numbers(node, 1)?.Integers ?? [], ends = attributes.Ints("ends") ?? Numbers(node, 2)?.Integers ?? [];
        long[] axes = attributes.Ints("axes") ?? Numbers(node, 3)?.Integers ?? [.. Enumerable.Range(0, starts.Length).Select(axis => (long)axis)];
        bool isFirst = image.Count == 3 && tensor.View.ShowsAs(TensorView.ChannelsFirst(image)) && extents.SequenceEqual([image[2], image[0], image[1]]);
        bool isLast = image.Count == 3 && tensor.View.IsInOrder && extents.SequenceEqual(shape);
        int[] from = new int[extents.Length], to = [.. extents];
        bool fits = (isFirst || isLast) && starts.Length == ends.Length && starts.Length == axes.Length && Numbers(node, 4)?.Integers.All(step => step == 1) != false;
        for (int i = 0; fits && i < axes.Length; i++)
        {
            long axis = (axes[i] < 0 ? axes[i] + extents.Length + 1 : axes[i]) - 1;
            if (axis == -1 && starts[i] == 0 && ends[i] >= int.MaxValue)
            {
                continue;
            }
            fits = axis >= 0 && axis < extents.Length;
            if (fits)
            {
                int extent = extents[axis];
                from[axis] = (int)Math.Clamp(starts[i] < 0 ? starts[i] + extent : starts[i], 0, extent);
                to[axis] = (int)Math.Clamp(ends[i] < 0 ? ends[i] + extent : ends[i], 0, extent);
            }
        }
        int first = isFirst ? 1 : 0, channels = isFirst ? 0 : 2;
        fits = fits && (channels >= extents.Length || (from[channels] == 0 && to[channels] == extents[channels])) && to[first] > from[first] && to[first + 1] > from[first + 1];
        if (!fits)
        {
            throw Unsupported(node, $"cuts [{string.Join(", ", starts.Take(8))}] to [{string.Join(", ", ends.Take(8))}] of the axes [{string.Join(", ", axes.Take(8))}] out of {tensor.View}", "expected rows and columns of images, in steps of 1");
        }
        int value = Add(node, new Cropping2DSpec { Top = from[first], Bottom = extents[first] - to[first], Left = from[first + 1], Right = extents[first + 1] - to[first + 1] }, [tensor.Value]);
        TensorView view = isFirst ? TensorView.ChannelsFirst(ShapeOf(value)) : TensorView.Of(ShapeOf(value));
        return new Tensor(value, extents.Length == 2 ? view.Reshape([to[0] - from[0], to[1] - from[1]])! : view);
    }

    /// <summary>Zeros around images; the convolution that reads them takes them as its padding.</summary>
    private Tensor ReadPadding(NodeProto node)
    {
        NodeAttributes attributes = new(node);
        Tensor tensor = Plain(node, 0);
        long[] pads = attributes.Ints("pads") ?? Numbers(node, 1)?.Integers ?? [];
        float with = Numbers(node, 2)?.Scalar ?? attributes.Float("value", 0);
        if (pads.All(pad => pad == 0) && pads.Length == 2 * (tensor.View.Extents.Length + 1))
        {
            return tensor;
        }
        return attributes.Text("mode", "constant") == "constant" && with == 0 && pads is [0, 0, long top, long left, 0, 0, long bottom, long right] && new[] { top, left, bottom, right }.All(pad => pad is >= 0 and < int.MaxValue / 8)
            && Image(node, tensor) == tensor && _graph.SoleReaderOf(node.Output[0]) is { OpType: "Conv" }
            ? tensor with { Waiting = new Padded((int)top, (int)left, (int)bottom, (int)right) }
            : throw Unsupported(node, $"pads {tensor.View} by [{string.Join(", ", pads.Take(8))}]", "expected rows and columns of zeros around images, which one convolution reads");
    }
}
