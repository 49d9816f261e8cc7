using Nabla.Onnx.Format;

namespace Nabla.Onnx.Import;

// Layers with weights, and those that look at windows of images.
internal sealed partial class GraphReader
{
    private Tensor ReadGemm(NodeProto node)
    {
        NodeAttributes attributes = new(node);
        if (attributes.Int("transA", 0) != 0)
        {
            throw Unsupported(node, "transposes what it reads (transA)", "expected rows of numbers as they are");
        }
        Constant weights = Weights(node, 1, rank: 2);
        if (attributes.Int("transB", 0) != 0)
        {
            weights = weights.Transpose([1, 0]);
        }
        float alpha = attributes.Float("alpha", 1), beta = attributes.Float("beta", 1);
        float[] values = alpha == 1 ? weights.Floats : [.. weights.Floats.Select(value => value * alpha)];
        float[]? biases = Numbers(node, 2) is not { } constant || beta == 0 ? null
            : constant.Count == 1 ? [.. Enumerable.Repeat(constant.Floats[0] * beta, weights.Extents[1])]
            : constant.Count == weights.Extents[1] ? [.. constant.Floats.Select(value => value * beta)]
            : throw Unsupported(node, $"has biases of [{string.Join(", ", constant.Extents)}]", $"expected {weights.Extents[1]}, one for each unit");
        return AddDense(node, weights.Extents[1], values, weights.Extents[0], biases);
    }

    private Tensor ReadMatMul(NodeProto node)
    {
        Constant weights = Weights(node, 1, rank: 2);
        return AddDense(node, weights.Extents[1], weights.Floats, weights.Extents[0], null);
    }

    /// <param name="node">The node.</param>
    /// <param name="units">Number of outputs.</param>
    /// <param name="weights">[inputs, units], the inputs in the order of the tensor.</param>
    /// <param name="inputs">Their number.</param>
    /// <param name="biases">One for each unit; null for none.</param>
    private Tensor AddDense(NodeProto node, int units, float[] weights, int inputs, float[]? biases)
    {
        Tensor tensor = Plain(node, 0);
        if (tensor.View.Extents is not [int width] || width != inputs)
        {
            throw Unsupported(node, $"multiplies {tensor.View} by weights of [{inputs}, {units}]", $"expected rows of {inputs} numbers; flatten what it reads first");
        }
        if (!tensor.View.IsInOrder)
        {
            weights = tensor.View.WithRest(units).ToNetwork(weights);
        }
        int value = Add(node, new DenseSpec { Units = units, Bias = biases is not null }, [tensor.Value], biases is null ? [weights] : [weights, biases]);
        return new Tensor(value, TensorView.Of(ShapeOf(value)));
    }

    private Tensor ReadConvolution(NodeProto node)
    {
        NodeAttributes attributes = new(node);
        Constant kernels = Weights(node, 1, rank: 4);
        (int outputs, int inputs, int height, int width) = (kernels.Extents[0], kernels.Extents[1], kernels.Extents[2], kernels.Extents[3]);
        int group = attributes.Int("group", 1);
        Tensor padded = Unpadded(node, out Padded? before), tensor = Image(node, padded);
        int channels = tensor.View.Extents[0];
        bool isDepthwise = group > 1 && group == channels && outputs == channels && inputs == 1;
        if (group != 1 && !isDepthwise)
        {
            throw Unsupported(node, $"is a convolution of {group} groups over {channels} channels", "expected one group, or one for each channel with one kernel each (depthwise)");
        }
        if (inputs * group != channels)
        {
            throw Unsupported(node, $"has kernels for {inputs * (long)group} channels", $"expected {channels}, as many as it reads");
        }
        if (attributes.Ints("dilations")?.Any(step => step != 1) == true)
        {
            throw Unsupported(node, $"has dilations [{string.Join(", ", attributes.Ints("dilations")!)}]", "expected [1, 1]");
        }
        (int? stride, int padding, int[]? crop) = Windows(node, tensor, height, width, before, maxPadding: int.MaxValue / 4);
        float[] weights = TensorView.Kernels(height, width, inputs, outputs).ToNetwork(kernels.Floats);
        float[]? biases = Numbers(node, 2) is null ? null : PerChannel(node, 2, outputs);
        LayerSpec spec = isDepthwise
            ? new DepthwiseConvolution2DSpec { KernelHeight = height, KernelWidth = width, Stride = stride ?? height, Padding = padding, Bias = biases is not null }
            : new Convolution2DSpec { Filters = outputs, KernelHeight = height, KernelWidth = width, Stride = stride ?? height, Padding = padding, Bias = biases is not null };
        return Cropped(node, Add(node, spec, [tensor.Value], biases is null ? [weights] : [weights, biases]), crop);
    }

    private Tensor ReadPooling(NodeProto node)
    {
        NodeAttributes attributes = new(node);
        if (attributes.Ints("kernel_shape") is not [long height and > 0 and < int.MaxValue, long width and > 0 and < int.MaxValue])
        {
            throw Unsupported(node, $"has windows of [{string.Join(", ", attributes.Ints("kernel_shape") ?? [])}]", "expected two extents above 0");
        }
        Tensor tensor = Image(node, Plain(node, 0));
        if (attributes.Ints("dilations")?.Any(step => step != 1) == true)
        {
            throw Unsupported(node, "has dilations", "expected [1, 1]");
        }
        (int? stride, int padding, int[]? crop) = Windows(node, tensor, (int)height, (int)width, null, maxPadding: (int)Math.Min(height, width) / 2);
        if (padding > 0 && node.OpType == "AveragePool" && attributes.Int("count_include_pad", 0) != 0)
        {
            throw Unsupported(node, "counts the padding in its averages (count_include_pad)", "export it with count_include_pad=False");
        }
        LayerSpec spec = node.OpType == "MaxPool"
            ? new MaxPooling2DSpec { KernelHeight = (int)height, KernelWidth = (int)width, Stride = stride, Padding = padding }
            : new AveragePooling2DSpec { KernelHeight = (int)height, KernelWidth = (int)width, Stride = stride, Padding = padding };
        return Cropped(node, Add(node, spec, [tensor.Value]), crop);
    }

    private Tensor ReadGlobalAverage(NodeProto node)
    {
        bool keeps = true;
        Tensor tensor = Plain(node, 0);
        if (node.OpType == "ReduceMean")
        {
            NodeAttributes attributes = new(node);
            long[] axes = [.. (attributes.Ints("axes") ?? Numbers(node, 1)?.Integers ?? []).Select(axis => axis < 0 ? axis + 4 : axis).Order()];
            if (tensor.View.Extents.Length != 3 || !(axes.SequenceEqual([2L, 3]) || axes.SequenceEqual([1L, 2])))
            {
                throw Unsupported(node, $"takes the mean of {tensor.View} over the axes [{string.Join(", ", axes)}]", "expected that of images over height and width");
            }
            keeps = attributes.Int("keepdims", 1) != 0;
            if (axes[0] == 1)
            {
                tensor = tensor with { View = tensor.View.Transpose([2, 0, 1]) };
                tensor = GlobalAverage(node, tensor);
                return keeps ? tensor with { View = tensor.View.Reshape([1, 1, tensor.View.Size])! } : tensor;
            }
        }
        tensor = GlobalAverage(node, tensor);
        return keeps ? tensor with { View = tensor.View.Reshape([tensor.View.Size, 1, 1])! } : tensor;
    }

    private Tensor GlobalAverage(NodeProto node, Tensor tensor)
    {
        int value = Add(node, new GlobalAveragePooling2DSpec(), [Image(node, tensor).Value]);
        return new Tensor(value, TensorView.Of(ShapeOf(value)));
    }

    private Tensor ReadGlobalMaximum(NodeProto node)
    {
        Tensor tensor = Image(node, Plain(node, 0));
        int value = Add(node, new MaxPooling2DSpec { KernelHeight = tensor.View.Extents[1], KernelWidth = tensor.View.Extents[2] }, [tensor.Value]);
        return new Tensor(value, TensorView.ChannelsFirst(ShapeOf(value)));
    }

    private Tensor ReadBatchNormalization(NodeProto node)
    {
        NodeAttributes attributes = new(node);
        if (attributes.Int("training_mode", 0) != 0)
        {
            throw Unsupported(node, "normalises by its batch (training_mode)", "export the model for inference (model.eval())");
        }
        Tensor tensor = Plain(node, 0);
        Shape shape = ShapeOf(tensor.Value);
        if (tensor.View.Extents is [int features] && shape.Count == 1)
        {
            return Normalized([.. Enumerable.Range(1, 4).Select(input => tensor.View.ToNetwork(PerChannel(node, input, features)))]);
        }
        if (!tensor.View.IsChannels(0, LayerBuilder.WithChannels(shape)))
        {
            throw Unsupported(node, $"normalises {tensor.View}, a view of {shape}, by its second extent", "expected that to be the channels or features");
        }
        return Normalized([.. Enumerable.Range(1, 4).Select(input => PerChannel(node, input, tensor.View.Extents[0]))]);

        Tensor Normalized(float[][] figures) => tensor with
        {
            Value = Add(
                node, new BatchNormalizationSpec { Epsilon = Decimal(attributes.Float("epsilon", 1e-5f)), Momentum = Math.Clamp(Decimal((float)(1 - Decimal(attributes.Float("momentum", 0.9f)))), 1e-6, 1) },
                [tensor.Value], figures),
        };
    }

    private Tensor ReadLayerNormalization(NodeProto node)
    {
        NodeAttributes attributes = new(node);
        Tensor tensor = Plain(node, 0);
        int[] extents = tensor.View.Extents;
        int axis = attributes.Int("axis", -1), width = extents[^1];
        if ((axis != -1 && axis != extents.Length) || node.Output.Skip(1).Any(name => _graph.ReadersOf(name).Count > 0))
        {
            throw Unsupported(node, $"normalises {tensor.View} from axis {axis} on", "expected the last axis alone, and no statistics that others read");
        }
        Shape shape = ShapeOf(tensor.Value);
        bool isRow = extents.Length == 1 && shape.Count == 1;
        if (!isRow && !tensor.View.IsChannels(extents.Length - 1, LayerBuilder.WithChannels(shape)))
        {
            throw Unsupported(node, $"normalises {tensor.View}, a view of {shape}, over its last extent", "expected that to be the channels or features");
        }
        float[] scales = PerChannel(node, 1, width), offsets = Numbers(node, 2) is null ? new float[width] : PerChannel(node, 2, width);
        if (isRow)
        {
            (scales, offsets) = (tensor.View.ToNetwork(scales), tensor.View.ToNetwork(offsets));
        }
        return tensor with { Value = Add(node, new LayerNormalizationSpec { Epsilon = Decimal(attributes.Float("epsilon", 1e-5f)) }, [tensor.Value], scales, offsets) };
    }

    /// <summary>What scikit-learn's converter writes for linear models and scalers, in the domain <c>ai.onnx.ml</c>.</summary>
    private Tensor ReadLearner(NodeProto node)
    {
        NodeAttributes attributes = new(node);
        switch (node.OpType)
        {
            case "Scaler":
                float[] offsets = attributes.Floats("offset") ?? [0], scales = attributes.Floats("scale") ?? [1];
                if (IsPreprocessing(node, _tensors[Name(node, 0)]) && offsets.Length == scales.Length && (offsets.Length == 1 || offsets.Length == _tensors[Name(node, 0)].View.Size)
                    && TryReadPreprocessing(_tensors[Name(node, 0)], multiplies: false, [.. offsets.Select(offset => -offset)], null)
                    && TryReadPreprocessing(_tensors[Name(node, 0)], multiplies: true, scales, null))
                {
                    return _tensors[Name(node, 0)];
                }
                throw Unsupported(node, "scales what is not the model's input", "expected it to be the first node");
            case "LinearClassifier" or "LinearRegressor":
                Tensor tensor = Plain(node, 0);
                float[] coefficients = attributes.Floats("coefficients") ?? [], intercepts = attributes.Floats("intercepts") ?? [];
                int inputs = tensor.View.Size, units = coefficients.Length / Math.Max(1, inputs);
                string transform = attributes.Text("post_transform", "NONE");
                if (units < 1 || units * inputs != coefficients.Length || transform is not ("NONE" or "SOFTMAX") || (node.OpType == "LinearClassifier" && units == 1))
                {
                    throw Unsupported(node, $"has {coefficients.Length} coefficients for {inputs} features, and {transform} after them", "expected some for each of at least two classes, and SOFTMAX or NONE");
                }
                float[] weights = new Constant([units, inputs], coefficients).Transpose([1, 0]).Floats;
                Tensor result = AddDense(node, units, weights, inputs, intercepts.Length == units ? intercepts : null);
                // The first output of a classifier is the label, the second the scores.
                if (node.OpType == "LinearClassifier" && node.Output.Count > 1)
                {
                    _layers[^1].Tensor = node.Output[1];
                    _tensors[node.Output[1]] = transform == "SOFTMAX" ? result with { Waiting = new Probabilities(1) } : result;
                }
                return result;
            default:
                throw Unsupported(node, "has no counterpart among the layers of Nabla", "of scikit-learn's models linear ones and multi-layer perceptrons are read");
        }
    }

    /// <summary>A tensor that shows an image with its channels first.</summary>
    private Tensor Image(NodeProto node, Tensor tensor)
    {
        Shape shape = LayerBuilder.WithChannels(ShapeOf(tensor.Value));
        return tensor.View.Extents is [int channels, int height, int width] && shape.Count == 3 && shape.SequenceEqual([height, width, channels]) && tensor.View.ShowsAs(TensorView.ChannelsFirst(shape))
            ? tensor
            : throw Unsupported(node, $"reads {tensor.View}, a view of {ShapeOf(tensor.Value)}", "expected images [batch, channels, height, width] that come in so or from a convolution");
    }

    /// <summary>Stride (null where windows are side by side) and padding of windows. Where padding is not the same on all sides, the windows go over more of it, and what comes out is cropped.</summary>
    private (int? Stride, int Padding, int[]? Crop) Windows(NodeProto node, Tensor image, int height, int width, Padded? before, int maxPadding)
    {
        NodeAttributes attributes = new(node);
        long[] strides = attributes.Ints("strides") ?? [1, 1];
        bool areSideBySide = node.OpType != "Conv" && strides.SequenceEqual([height, width]);
        if (strides is not [long down and > 0 and < int.MaxValue / 4, long across and > 0 and < int.MaxValue / 4] || (down != across && !areSideBySide))
        {
            throw Unsupported(node, $"has strides [{string.Join(", ", strides)}]", "expected the same down and across");
        }
        int? stride = areSideBySide ? null : (int)down;
        (int rows, int columns) = (image.View.Extents[1], image.View.Extents[2]);
        long[] pads = attributes.Text("auto_pad", "NOTSET") switch
        {
            "NOTSET" => attributes.Ints("pads") ?? [0, 0, 0, 0],
            "VALID" => [0, 0, 0, 0],
            "SAME_UPPER" => [Same(rows, height, down) / 2, Same(columns, width, across) / 2, (Same(rows, height, down) + 1) / 2, (Same(columns, width, across) + 1) / 2],
            "SAME_LOWER" => [(Same(rows, height, down) + 1) / 2, (Same(columns, width, across) + 1) / 2, Same(rows, height, down) / 2, Same(columns, width, across) / 2],
            string unknown => throw Unsupported(node, $"has auto_pad {unknown}", "expected NOTSET, VALID, SAME_UPPER or SAME_LOWER"),
        };
        if (pads is not [_, _, _, _] || pads.Any(pad => pad is < 0 or > int.MaxValue / 8))
        {
            throw Unsupported(node, $"has pads [{string.Join(", ", pads)}]", "expected four numbers of at least 0");
        }
        if (before is not null)
        {
            pads = [pads[0] + before.Top, pads[1] + before.Left, pads[2] + before.Bottom, pads[3] + before.Right];
        }
        (long tall, long wide) = (rows + pads[0] + pads[2], columns + pads[1] + pads[3]);
        if (attributes.Int("ceil_mode", 0) != 0 && ((tall - height) % down != 0 || (wide - width) % across != 0))
        {
            throw Unsupported(node, "has windows that reach beyond the image (ceil_mode)", "export it with ceil_mode=False");
        }
        if (pads.All(pad => pad == pads[0]))
        {
            return (stride, (int)pads[0], null);
        }
        for (long padding = pads.Max(); padding <= Math.Min(maxPadding, pads.Max() + Math.Max(down, across)); padding++)
        {
            if ((padding - pads[0]) % down == 0 && (padding - pads[1]) % across == 0)
            {
                long top = (padding - pads[0]) / down, left = (padding - pads[1]) / across;
                long bottom = Positions(rows + 2 * padding, height, down) - top - Positions(tall, height, down);
                long right = Positions(columns + 2 * padding, width, across) - left - Positions(wide, width, across);
                if (bottom >= 0 && right >= 0)
                {
                    return (stride, (int)padding, [(int)top, (int)bottom, (int)left, (int)right]);
                }
            }
        }
        throw Unsupported(node, $"has pads [{string.Join(", ", pads)}]", "expected the same on all sides");

        // As many as give one position for each stride: https://onnx.ai/onnx/operators/onnx__Conv.html.
        static long Same(int extent, int kernel, long stride) => Math.Max(0, ((extent + stride - 1) / stride - 1) * stride + kernel - extent);

        static long Positions(long extent, int kernel, long stride) => (extent - kernel) / stride + 1;
    }

    private Tensor Cropped(NodeProto node, int value, int[]? crop)
    {
        if (crop is [int top, int bottom, int left, int right])
        {
            // What is cropped is no tensor of the model.
            _layers[value - 1].Tensor = "";
            value = Add(node, new Cropping2DSpec { Top = top, Bottom = bottom, Left = left, Right = right }, [value]);
        }
        return new Tensor(value, TensorView.ChannelsFirst(ShapeOf(value)));
    }

    /// <summary>What a node reads, without the zeros that a node before has put around it.</summary>
    private Tensor Unpadded(NodeProto node, out Padded? padding)
    {
        Tensor tensor = _tensors[Name(node, 0)];
        padding = tensor.Waiting as Padded;
        return padding is null ? Plain(node, 0) : tensor with { Waiting = null };
    }
}
