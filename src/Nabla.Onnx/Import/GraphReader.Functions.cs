using Nabla.Onnx.Format;

namespace Nabla.Onnx.Import;

// What is done to each number, and what several such nodes do together.
internal sealed partial class GraphReader
{
    /// <summary>A function as a layer of its own.</summary>
    private Tensor ReadFunction(NodeProto node, LayerSpec spec)
    {
        Tensor tensor = Plain(node, 0);
        return tensor with { Value = Add(node, spec, [tensor.Value]) };
    }

    /// <summary>An activation, which the layer before takes in where it has one of its own and nobody else reads it.</summary>
    private Tensor ReadActivation(NodeProto node, Activation activation)
    {
        Tensor tensor = Plain(node, 0);
        ReadLayer? producer = SoleProducer(node, 0);
        LayerSpec? with = producer?.Spec switch
        {
            DenseSpec { Activation: Activation.Identity } dense => dense with { Activation = activation },
            Convolution2DSpec { Activation: Activation.Identity } convolution => convolution with { Activation = activation },
            DepthwiseConvolution2DSpec { Activation: Activation.Identity } depthwise => depthwise with { Activation = activation },
            BatchNormalizationSpec { Activation: Activation.Identity } normalization => normalization with { Activation = activation },
            AddSpec { Activation: Activation.Identity } sum => sum with { Activation = activation },
            _ => null,
        };
        if (with is null)
        {
            return tensor with { Value = Add(node, new ActivationSpec { Function = activation }, [tensor.Value]) };
        }
        producer!.Spec = with;
        _layers[tensor.Value - 1].Tensor = node.Output[0];
        return tensor;
    }

    /// <summary>A sigmoid, or the first half of SiLU, x · σ(x).</summary>
    private Tensor ReadSigmoid(NodeProto node)
    {
        bool isSilu = _graph.SoleReaderOf(node.Output[0]) is { OpType: "Mul" } product && product.Input.Contains(node.Input[0]);
        return isSilu ? Plain(node, 0) with { Waiting = new SigmoidOf() } : ReadActivation(node, Activation.Sigmoid);
    }

    private Tensor ReadClip(NodeProto node)
    {
        NodeAttributes attributes = new(node);
        float least = Numbers(node, 1)?.Scalar ?? attributes.Float("min", float.NegativeInfinity), greatest = Numbers(node, 2)?.Scalar ?? attributes.Float("max", float.PositiveInfinity);
        if (_tensors[Name(node, 0)] is { Waiting: MeanProbabilities } mean && least is > 0 and < 1e-6f && greatest >= 1)
        {
            return mean;
        }
        if (least == 0 && greatest == float.PositiveInfinity)
        {
            return ReadActivation(node, Activation.ReLU);
        }
        return float.IsFinite(least) && float.IsFinite(greatest)
            ? ReadFunction(node, new ClipSpec { Minimum = Decimal(least), Maximum = Decimal(greatest) })
            : throw Unsupported(node, $"clips to [{least}, {greatest}]", "expected two bounds, such as 0 and 6");
    }

    /// <summary>erf(x / √2), of which GELU is made before opset 20.</summary>
    private Tensor ReadErrorFunction(NodeProto node) =>
        _tensors[Name(node, 0)] is { Waiting: Rescaled { Offset: 0 } scaled } tensor && Math.Abs(scaled.Factor - 0.70710678f) < 1e-5f
            ? tensor with { Waiting = new ErrorFunction() }
            : throw Unsupported(node, "is an error function outside a GELU", "expected ½ · x · (1 + erf(x / √2))");

    /// <summary>A sum, difference, product or quotient: of two values, or of one and numbers of the model.</summary>
    private Tensor ReadArithmetic(NodeProto node)
    {
        if (node.Input.Count != 2)
        {
            throw Unsupported(node, $"has {node.Input.Count} inputs", "expected two");
        }
        Constant? right = _graph.ConstantOf(node.Input[1]), left = right is null ? _graph.ConstantOf(node.Input[0]) : null;
        if (right is null && left is null)
        {
            return node.OpType switch
            {
                "Add" => ReadSum(node),
                "Mul" => ReadProduct(node),
                _ => throw Unsupported(node, "is a difference or a quotient of two values", "Nabla adds values, and multiplies them in SiLU and GELU only"),
            };
        }
        int input = right is null ? 1 : 0;
        Constant numbers = right ?? left!;
        if (left is not null && node.OpType == "Div")
        {
            throw Unsupported(node, "divides numbers by a value", "expected the value to be divided");
        }
        bool multiplies = node.OpType is "Mul" or "Div";
        float[]? divisors = node.OpType == "Div" ? numbers.Floats : null;
        float[] values = node.OpType switch
        {
            "Div" => [.. numbers.Floats.Select(number => 1 / number)],
            "Sub" when left is null => [.. numbers.Floats.Select(number => -number)],
            _ => numbers.Floats,
        };
        if (left is not null && node.OpType == "Sub")
        {
            return values is [float one]
                ? Kept(node, Plain(node, input) with { Waiting = new Rescaled(-1, one) })
                : throw Unsupported(node, "subtracts a value from several numbers", "expected one number");
        }
        Tensor tensor = _tensors[Name(node, input)];
        if (numbers.Extents.Length > tensor.View.Extents.Length + 1)
        {
            throw Unsupported(node, $"takes numbers of [{string.Join(", ", numbers.Extents)}] together with {tensor.View}", "expected no more extents than the value has");
        }
        if (values.Length > 1 && IsPreprocessing(node, tensor) && Broadcast(tensor.View, numbers) is { } all)
        {
            float[] Spread(float[] from) => [.. all.Select(place => from[place])];
            if (TryReadPreprocessing(tensor, multiplies, Spread(values), divisors is null ? null : Spread(divisors)))
            {
                return tensor;
            }
        }
        if (values is [float number])
        {
            if (IsPreprocessing(node, tensor) && TryReadPreprocessing(tensor, multiplies, values, divisors))
            {
                return tensor;
            }
            return ReadScalar(node, input, tensor, multiplies, number, divisors?[0]);
        }
        return TakeIn(node, input, multiplies, numbers.Extents, values);
    }

    private Tensor ReadScalar(NodeProto node, int input, Tensor tensor, bool multiplies, float number, float? divisor)
    {
        switch (tensor.Waiting, multiplies)
        {
            case (ErrorFunction { PlusOne: false }, false) when number == 1:
                return tensor with { Waiting = new ErrorFunction(PlusOne: true) };
            case (ErrorFunction { PlusOne: true, Halved: false }, true) when number == 0.5f:
                return tensor with { Waiting = new ErrorFunction(PlusOne: true, Halved: true) };
            case (TwiceGelu, true) when number == 0.5f:
                return new Tensor(Add(node, new GELUSpec(), [tensor.Value]), tensor.View);
            case (Rescaled { Offset: 0 } scaled, false):
                return Kept(node, tensor with { Waiting = scaled with { Offset = number } });
            default:
                return Rescaling(node, Plain(node, input), multiplies ? number : 1, multiplies ? 0 : number, divisor);
        }
    }

    private Tensor Rescaling(NodeProto node, Tensor tensor, float factor, float offset, float? divisor) =>
        factor == 1 && offset == 0 ? tensor : Kept(node, tensor with { Waiting = new Rescaled(factor, offset, divisor) });

    /// <summary>Waits with a rescaling where the next node may have more to say; else makes a layer of it at once, so that layers keep the order of the nodes.</summary>
    private Tensor Kept(NodeProto node, Tensor tensor)
    {
        NodeProto? reader = _graph.SoleReaderOf(node.Output[0]);
        bool waits = reader?.OpType is "Erf" or "Mul" || (reader?.OpType == "Softmax" && reader.Output[0] == _graph.Output)
            || (reader?.OpType is "Add" or "Sub" && tensor.Waiting is Rescaled { Offset: 0 } && reader.Input.Any(_graph.IsConstant));
        return waits ? tensor : Rescale(node, tensor);
    }

    private Tensor Rescale(NodeProto node, Tensor tensor)
    {
        Rescaled scaled = (Rescaled)tensor.Waiting!;
        return float.IsFinite(scaled.Factor) && scaled.Factor != 0 && float.IsFinite(scaled.Offset)
            ? new Tensor(Add(node, new RescalingSpec { Scale = Decimal(scaled.Factor), Offset = Decimal(scaled.Offset) }, [tensor.Value]), tensor.View)
            : throw Unsupported(node, $"multiplies by {scaled.Factor} and adds {scaled.Offset}", "expected finite numbers, and not 0 as a factor");
    }

    /// <summary>Numbers for each channel that the layer before takes into its weights.</summary>
    private Tensor TakeIn(NodeProto node, int input, bool multiplies, int[] extents, float[] values)
    {
        Tensor tensor = Plain(node, input);
        ReadLayer? producer = SoleProducer(node, input);
        // Counted from the last extent, as ONNX broadcasts them.
        int axis = Array.FindIndex(extents, extent => extent > 1) - extents.Length + tensor.View.Extents.Length;
        bool isPerChannel = extents.Count(extent => extent > 1) == 1 && axis >= 0 && extents.Length <= tensor.View.Extents.Length + 1 && tensor.View.IsChannels(axis, LayerBuilder.WithChannels(ShapeOf(tensor.Value)))
            && values.Length == tensor.View.Extents[axis];
        LayerSpec? with = !isPerChannel ? null : producer?.Spec switch
        {
            DenseSpec { Activation: Activation.Identity } dense => dense with { Bias = true },
            Convolution2DSpec { Activation: Activation.Identity } convolution => convolution with { Bias = true },
            DepthwiseConvolution2DSpec { Activation: Activation.Identity } depthwise => depthwise with { Bias = true },
            _ => null,
        };
        if (with is null)
        {
            throw Unsupported(node, $"{(multiplies ? "multiplies" : "adds")} numbers of [{string.Join(", ", extents)}] {(multiplies ? "with" : "to")} {tensor.View}", "expected one number, or one for each channel right after a dense layer or a convolution that nobody else reads");
        }
        float[] weights = producer!.Numbers[0], biases = producer.Numbers.Length > 1 ? producer.Numbers[1] : new float[values.Length];
        int channels = values.Length;
        producer.Spec = with;
        _layers[tensor.Value - 1].Tensor = node.Output[0];
        producer.Numbers = multiplies
            ? [[.. weights.Select((weight, i) => weight * values[i % channels])], [.. biases.Select((bias, i) => bias * values[i])]]
            : [weights, producer.Numbers.Length > 1 ? [.. biases.Select((bias, i) => bias + values[i])] : values];
        return tensor;
    }

    /// <summary>For each number of a tensor, the place of the one that is broadcast to it; null where the extents do not allow that.</summary>
    private static int[]? Broadcast(TensorView view, Constant numbers)
    {
        int[] extents = [.. numbers.Extents.SkipWhile((_, i) => numbers.Extents.Length - i > view.Extents.Length)], to = view.Extents;
        if (numbers.Extents.Length > to.Length + 1 || (numbers.Extents.Length == to.Length + 1 && numbers.Extents[0] != 1))
        {
            return null;
        }
        int[] places = new int[view.Size];
        for (int axis = to.Length - 1, inner = 1, stride = 1; axis >= 0; inner *= to[axis--])
        {
            int own = axis - (to.Length - extents.Length) is >= 0 and int place ? extents[place] : 1;
            if (own != 1 && own != to[axis])
            {
                return null;
            }
            for (int i = 0; own > 1 && i < places.Length; i++)
            {
                places[i] += i / inner % own * stride;
            }
            stride *= own;
        }
        return places;
    }

    private Tensor ReadSum(NodeProto node)
    {
        Tensor[] tensors = [.. node.Input.Select((_, i) => Plain(node, i))];
        if (tensors.Length < 2)
        {
            return tensors.Length == 1 ? tensors[0] : throw Unsupported(node, "adds nothing", "expected at least two values");
        }
        if (tensors.FirstOrDefault(tensor => !tensor.View.Extents.SequenceEqual(tensors[0].View.Extents) || !tensor.View.ShowsAs(tensors[0].View)) is { } other)
        {
            throw Unsupported(node, $"adds {tensors[0].View} and {other.View}", "expected values of the same extents, in the same order");
        }
        return tensors[0] with { Value = Add(node, new AddSpec(), [.. tensors.Select(tensor => tensor.Value)]) };
    }

    /// <summary>A product of two values: the end of SiLU or a step of GELU.</summary>
    private Tensor ReadProduct(NodeProto node)
    {
        Tensor first = _tensors[Name(node, 0)], second = _tensors[Name(node, 1)];
        if (first.Waiting is SigmoidOf or ErrorFunction)
        {
            (first, second) = (second, first);
        }
        bool sameValue = first.Value == second.Value && first.View.ShowsAs(second.View);
        return (first.Waiting, second.Waiting) switch
        {
            (null, SigmoidOf) when sameValue => new Tensor(Add(node, new SiLUSpec(), [first.Value]), first.View),
            (null, ErrorFunction { PlusOne: true, Halved: true }) or (Rescaled { Factor: 0.5f, Offset: 0 }, ErrorFunction { PlusOne: true, Halved: false }) when sameValue =>
                new Tensor(Add(node, new GELUSpec(), [first.Value]), first.View),
            (null, ErrorFunction { PlusOne: true }) when sameValue => first with { Waiting = new TwiceGelu() },
            _ => throw Unsupported(node, "is a product of two values", "Nabla multiplies values in SiLU, x · σ(x), and GELU, ½ · x · (1 + erf(x / √2)), only"),
        };
    }

    /// <summary>Softmax at the end, which the loss does here, or of a network that is averaged with others.</summary>
    private Tensor ReadSoftmax(NodeProto node)
    {
        Tensor tensor = _tensors[Name(node, 0)];
        int axis = new NodeAttributes(node).Int("axis", tensor.View.Extents.Length == 1 ? -1 : 0);
        bool isAveraged = node.OpType == "Softmax" && _graph.SoleReaderOf(node.Output[0]) is { OpType: "Mean" };
        if (tensor.View.Extents.Length != 1 || axis is not (-1 or 1) || (node.Output[0] != _graph.Output && !isAveraged))
        {
            throw Unsupported(node, $"is a softmax of {tensor.View} along axis {axis} in the middle of the model", "expected one over the classes at the end, or several that are averaged");
        }
        if (tensor.Waiting is Rescaled { Offset: 0, Factor: > 0 } scaled && !isAveraged)
        {
            return tensor with { Waiting = new Probabilities(scaled.Divisor ?? 1 / scaled.Factor) };
        }
        return Plain(node, 0) with { Waiting = new Probabilities(1) };
    }

    /// <summary>The average of probabilities, the first step of an ensemble.</summary>
    private Tensor ReadMean(NodeProto node)
    {
        Tensor[] tensors = [.. node.Input.Select((_, i) => _tensors[Name(node, i)])];
        return tensors.Length >= 2 && tensors.All(tensor => tensor.Waiting is Probabilities && tensor.View.IsInOrder)
            ? tensors[0] with { Waiting = new MeanProbabilities([.. tensors.Select(tensor => tensor.Value)]) }
            : throw Unsupported(node, "averages values", "expected probabilities, each of a softmax");
    }

    private Tensor ReadLog(NodeProto node) => _tensors[Name(node, 0)] is { Waiting: MeanProbabilities mean } tensor
        ? new Tensor(Add(node, new SoftmaxAverageSpec(), mean.Values), tensor.View)
        : throw Unsupported(node, "takes a logarithm", "Nabla does so of averaged probabilities only");
}
