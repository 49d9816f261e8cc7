using Nabla.Onnx.Format;

namespace Nabla.Onnx.Import;

/// <summary>Computes the nodes that do not depend on the input: weights that are transposed or cast, and the extents that exporters put together from those of a value.</summary>
internal static class ConstantFolding
{
    // Lists of extents and axes; weights are only reshaped, transposed and scaled.
    private const int MaxListLength = 1000;

    /// <summary>The output of a node whose inputs are all numbers; null where it is of a kind that is not computed here.</summary>
    public static Constant? Compute(NodeProto node, Constant[] inputs, Constant?[] all)
    {
        NodeAttributes attributes = new(node);
        return (node.OpType, inputs) switch
        {
            ("Identity" or "Dropout", [Constant value, ..]) => value,
            ("Cast", [Constant value]) => Cast(value, (TensorProto.Types.DataType)attributes.Int("to", 1)),
            ("Reshape", [Constant value, Constant shape]) => Reshape(value, shape.Integers),
            ("Flatten", [Constant value]) => Reshape(value, [value.Extents.Take(attributes.Int("axis", 1)).Aggregate(1L, (size, extent) => size * extent), -1]),
            ("Transpose", [Constant value]) => Transpose(value, attributes.Ints("perm")),
            ("Unsqueeze", _) => Unsqueeze(inputs[0], attributes.Ints("axes") ?? all.ElementAtOrDefault(1)?.Integers),
            ("Squeeze", _) => Squeeze(inputs[0], attributes.Ints("axes") ?? all.ElementAtOrDefault(1)?.Integers),
            ("Concat", _) when inputs.All(IsList) && inputs.Sum(list => list.Count) <= MaxListLength => new Constant([inputs.Sum(list => list.Count)], [.. inputs.SelectMany(list => list.Integers)]),
            ("Gather", [Constant list, Constant index]) when IsList(list) && index.Count <= MaxListLength && attributes.Int("axis", 0) == 0 => Gather(list, index),
            ("Slice", [Constant list, Constant start, Constant end, ..]) when IsList(list) && inputs.Length <= 4 => Slice(list, start.Integers, end.Integers),
            ("Sqrt", [{ IsInteger: false } value]) => new Constant(value.Extents, [.. value.Floats.Select(MathF.Sqrt)]),
            ("Neg", [{ IsInteger: false } value]) => new Constant(value.Extents, [.. value.Floats.Select(number => -number)]),
            ("Add" or "Sub" or "Mul" or "Div", [Constant left, Constant right]) => Arithmetic(node.OpType, left, right),
            _ => null,
        };
    }

    private static bool HasBatch(Constant value) => value.IsInteger && value.Integers.Contains(Constant.Batch);

    private static bool IsList(Constant value) => value.IsInteger && value.Extents.Length <= 1;

    private static Constant? Cast(Constant value, TensorProto.Types.DataType type) => type switch
    {
        TensorProto.Types.DataType.Float or TensorProto.Types.DataType.Double or TensorProto.Types.DataType.Float16 => new Constant(value.Extents, value.Floats),
        TensorProto.Types.DataType.Int64 or TensorProto.Types.DataType.Int32 => new Constant(value.Extents, value.Integers),
        _ => null,
    };

    private static Constant? Reshape(Constant value, long[] extents)
    {
        long[] wanted = [.. extents.Select((extent, i) => extent == 0 && i < value.Extents.Length ? value.Extents[i] : extent)];
        long known = 1;
        foreach (long extent in wanted.Where(extent => extent != -1))
        {
            known = extent is > 0 and <= int.MaxValue && known <= int.MaxValue ? known * extent : -1;
        }
        if (known < 1 || wanted.Count(extent => extent == -1) > 1 || value.Count % known != 0)
        {
            return null;
        }
        int[] shape = [.. wanted.Select(extent => (int)(extent == -1 ? value.Count / known : extent))];
        return shape.Aggregate(1L, (size, extent) => size * extent) == value.Count ? value.WithExtents(shape) : null;
    }

    private static Constant? Transpose(Constant value, long[]? order)
    {
        int rank = value.Extents.Length;
        int[] axes = order is null ? [.. Enumerable.Range(0, rank).Reverse()] : [.. order.Select(axis => (int)Math.Clamp(axis, -1, rank))];
        return axes.Order().SequenceEqual(Enumerable.Range(0, rank)) ? value.Transpose(axes) : null;
    }

    private static Constant? Unsqueeze(Constant value, long[]? axes)
    {
        if (axes is null || axes.Length > 8)
        {
            return null;
        }
        int rank = value.Extents.Length + axes.Length;
        int[] places = [.. axes.Select(axis => (int)Math.Clamp(axis < 0 ? axis + rank : axis, -1, rank)).Order()];
        if (places.Any(place => place < 0 || place >= rank) || places.Distinct().Count() != places.Length)
        {
            return null;
        }
        List<int> extents = [.. value.Extents];
        foreach (int place in places)
        {
            extents.Insert(place, 1);
        }
        return value.WithExtents([.. extents]);
    }

    private static Constant? Squeeze(Constant value, long[]? axes)
    {
        int rank = value.Extents.Length;
        int[] extents = [.. value.Extents.Where((extent, i) => axes is null ? extent != 1 : !axes.Contains(i) && !axes.Contains(i - rank))];
        return extents.Aggregate(1L, (size, extent) => size * extent) == value.Count ? value.WithExtents(extents) : null;
    }

    private static Constant? Gather(Constant list, Constant index)
    {
        long[] places = [.. index.Integers.Select(place => place < 0 ? place + list.Count : place)];
        return places.All(place => place >= 0 && place < list.Count) ? new Constant(index.Extents, [.. places.Select(place => list.Integers[place])]) : null;
    }

    private static Constant? Slice(Constant list, long[] start, long[] end)
    {
        if (start is not [long from] || end is not [long to])
        {
            return null;
        }
        from = Math.Clamp(from < 0 ? from + list.Count : from, 0, list.Count);
        to = Math.Clamp(to < 0 ? to + list.Count : to, from, list.Count);
        return new Constant([(int)(to - from)], list.Integers[(int)from..(int)to]);
    }

    private static Constant? Arithmetic(string operation, Constant left, Constant right)
    {
        if ((left.Count != 1 && right.Count != 1 && !left.Extents.SequenceEqual(right.Extents)) || HasBatch(left) || HasBatch(right))
        {
            return null;
        }
        int[] extents = left.Count == 1 ? right.Extents : left.Extents;
        int count = Math.Max(left.Count, right.Count);
        if (left.IsInteger && right.IsInteger)
        {
            long[] a = left.Integers, b = right.Integers, result = new long[count];
            for (int i = 0; i < count; i++)
            {
                long x = a[a.Length == 1 ? 0 : i], y = b[b.Length == 1 ? 0 : i];
                result[i] = operation switch { "Add" => x + y, "Sub" => x - y, "Mul" => x * y, _ => y == 0 ? 0 : x / y };
            }
            return new Constant(extents, result);
        }
        float[] c = left.Floats, d = right.Floats, sum = new float[count];
        for (int i = 0; i < count; i++)
        {
            float x = c[c.Length == 1 ? 0 : i], y = d[d.Length == 1 ? 0 : i];
            sum[i] = operation switch { "Add" => x + y, "Sub" => x - y, "Mul" => x * y, _ => x / y };
        }
        return new Constant(extents, sum);
    }
}
