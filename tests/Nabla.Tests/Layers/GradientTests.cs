using Nabla.Tests.Numerics;

namespace Nabla.Tests.Layers;

/// <summary>The backward pass of whole networks against numeric differences of a double-precision twin.</summary>
public sealed class GradientTests
{
    /// <summary>Input size, then units and activations layer by layer, bias, samples.</summary>
    public static TheoryData<int, int[], Activation[], bool, int> Networks()
    {
        TheoryData<int, int[], Activation[], bool, int> networks = [];
        int samples = 0;
        foreach (bool bias in new[] { true, false })
        {
            foreach (Activation activation in Enum.GetValues<Activation>())
            {
                networks.Add(3, [2], [activation], bias, 1 + samples++ % 5);
                networks.Add(19, [35], [activation], bias, 1 + samples++ % 5);
                networks.Add(5, [7, 3], [activation, Activation.Identity], bias, 1 + samples++ % 5);
                networks.Add(7, [17, 9], [activation, activation], bias, 1 + samples++ % 5);
                networks.Add(4, [5, 9, 3], [activation, activation, activation], bias, 1 + samples++ % 5);
            }
            networks.Add(6, [11, 9, 1], [Activation.Tanh, Activation.ReLU, Activation.Sigmoid], bias, 5);
            networks.Add(1, [1, 1, 1], [Activation.Sigmoid, Activation.Identity, Activation.Tanh], bias, 2);
        }
        return networks;
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Forward_and_backward_equal_double_precision(int input, int[] units, Activation[] activations, bool bias, int rows)
    {
        (Network network, float[] inputs, ReferenceNetwork reference) = AwayFromKinks(input, units, activations, bias, rows);
        Workspace workspace = new(network, rows, training: true);
        inputs.CopyTo(workspace.Input);
        network.Forward(workspace, rows);

        // Sums of up to some dozens of terms, each rounded to 24 bits (6e-8), through three layers: 1e-6 leaves room, while a
        // wrong sign or index is off by about 1. Of the gradient this holds for the vector, not for each of its elements; and
        // where tanh or sigmoid is near its end, 1 - y² has rounded a small difference: 1e-7 absolute.
        Numbers.AssertClose(reference.Forward(inputs, rows), workspace.Output, "outputs");

        float[] outputGradient = Numbers.Normal(new NumPyRandom(77), rows * units[^1]);
        outputGradient.CopyTo(workspace.OutputGradient);
        network.Backward(workspace, rows);
        double[] expected = reference.NumericGradient(inputs, rows, outputGradient);
        foreach (Parameter parameter in network.Layers.SelectMany(layer => layer.Parameters))
        {
            // Each tensor by itself: a wrong bias must not hide behind large weights.
            Numbers.AssertClose(expected.AsSpan()[parameter.Offset..(parameter.Offset + parameter.Shape.Size)], parameter.Of(workspace.Gradient), parameter.Name);
        }

        float[] once = workspace.Gradient.ToArray();
        outputGradient.CopyTo(workspace.OutputGradient);
        network.Backward(workspace, rows);
        Numbers.AssertClose([.. once.Select(value => 2.0 * value)], workspace.Gradient, "twice");
    }

    /// <summary>Name, input shape, layers, samples.</summary>
    public static TheoryData<string, Shape, LayerSpec[], int> ImageNetworks() => new()
    {
        { "one kernel", [5, 4], [Layer.Convolution2D(1, 3, 3)], 1 },
        { "kernel as large as the image", [3, 5, 2], [Layer.Convolution2D(4, 3, 5, Activation.Tanh)], 3 },
        { "1x1, many channels", [4, 3, 5], [Layer.Convolution2D(17, 1, 1, Activation.Sigmoid)], 2 },
        { "oblong kernel", [6, 7, 3], [Layer.Convolution2D(5, 2, 4, Activation.Tanh, bias: false)], 2 },
        { "stride", [7, 8, 2], [Layer.Convolution2D(3, 3, 2, Activation.Tanh, stride: 2)], 3 },
        { "stride beyond the kernel", [9, 9], [Layer.Convolution2D(2, 2, 2, stride: 4)], 2 },
        { "padding", [4, 5, 2], [Layer.Convolution2D(3, 3, 3, Activation.Tanh, padding: 1)], 2 },
        { "padding beyond the kernel", [2, 2], [Layer.Convolution2D(3, 2, 2, Activation.Tanh, padding: 3)], 2 },
        { "stride and padding", [6, 5, 3], [Layer.Convolution2D(4, 3, 3, Activation.Sigmoid, stride: 2, padding: 2)], 2 },
        { "more samples than go through at a time", [5, 5], [Layer.Convolution2D(3, 2, 2, Activation.Tanh), Layer.MaxPooling2D(2, 2), Layer.Dense(2)], 11 },
        { "two convolutions", [6, 6], [Layer.Convolution2D(3, 3, 3, Activation.Tanh, padding: 1), Layer.Convolution2D(4, 2, 3, Activation.ReLU, stride: 2, padding: 1)], 3 },
        { "cropped before", [7, 6], [Layer.Cropping2D(top: 1, bottom: 2, left: 1), Layer.Convolution2D(2, 2, 2, Activation.Tanh), Layer.Dense(3)], 2 },
        { "cropped between", [6, 6, 2], [Layer.Convolution2D(3, 3, 3, Activation.Tanh), Layer.Cropping2D(bottom: 1, left: 1, right: 1), Layer.Flatten(), Layer.Dense(4)], 3 },
        { "max pooling", [6, 6, 2], [Layer.Convolution2D(19, 3, 3, Activation.Tanh), Layer.MaxPooling2D(2, 2), Layer.Dense(3)], 2 },
        { "max pooling of a ReLU, oblong windows", [7, 8], [Layer.Convolution2D(3, 2, 2, Activation.ReLU), Layer.MaxPooling2D(3, 2), Layer.Dense(3)], 3 },
        { "max pooling, windows that overlap and stick out", [6, 5], [Layer.Convolution2D(3, 2, 2, Activation.Tanh), Layer.MaxPooling2D(3, 2, stride: 1, padding: 1), Layer.Dense(3)], 2 },
        { "max pooling, gaps between windows, remainder", [9, 8, 2], [Layer.Convolution2D(2, 1, 1, Activation.Tanh), Layer.MaxPooling2D(2, 2, stride: 3), Layer.Dense(2)], 2 },
        { "average pooling", [6, 6, 2], [Layer.Convolution2D(19, 3, 3, Activation.Tanh), Layer.AveragePooling2D(2, 2), Layer.Dense(3)], 2 },
        { "average pooling, windows that overlap and stick out", [6, 5], [Layer.Convolution2D(3, 2, 2, Activation.Tanh), Layer.AveragePooling2D(2, 3, stride: 2, padding: 1), Layer.Dense(3)], 2 },
        { "pooled first and last", [8, 6], [Layer.AveragePooling2D(2, 1), Layer.MaxPooling2D(1, 2), Layer.Convolution2D(3, 2, 2, Activation.Tanh), Layer.MaxPooling2D(1, 2), Layer.AveragePooling2D(3, 1)], 2 },
        { "pooled between convolutions", [9, 9], [Layer.Convolution2D(4, 2, 2, Activation.ReLU), Layer.MaxPooling2D(2, 2), Layer.Convolution2D(5, 2, 2, Activation.Tanh), Layer.AveragePooling2D(3, 3), Layer.Dense(3)], 2 },
        { "dropout", [9], [Layer.Dense(21, Activation.Tanh), Layer.Dropout(), Layer.Dense(5)], 4 },
        { "dropout at another rate, first and last", [19], [Layer.Dropout(0.3), Layer.Dense(8, Activation.Sigmoid), Layer.Dropout(0.25)], 5 },
        { "noise", [9], [Layer.GaussianNoise(0.3), Layer.Dense(21, Activation.Tanh), Layer.GaussianNoise(2), Layer.Dense(5), Layer.GaussianNoise()], 4 },
        { "noise beside another reader", [6], [Layer.Dense(5, Activation.Tanh) with { Name = "a" }, Layer.GaussianNoise(0.5) with { Name = "b" }, Layer.Add("a", "b"), Layer.Dense(3)], 4 },
        { "rescaling", [7], [Layer.Rescaling(2.5, -1), Layer.Dense(5, Activation.Tanh), Layer.Dense(1), Layer.Rescaling(-0.3, 4)], 4 },
        { "rescaling of images", [5, 4], [Layer.Convolution2D(3, 2, 2, Activation.Tanh), Layer.Rescaling(0.5, 0.25), Layer.Dense(2)], 3 },
        { "residual block", [5], [Layer.Residual(Layer.Dense(7, Activation.Tanh), Layer.Dense(5)), Layer.Dense(3)], 3 },
        { "residual block with a projection and an activation", [5], [Layer.Dense(4, Activation.Tanh), new ResidualSpec { Body = [Layer.Dense(7, Activation.Sigmoid), Layer.Dense(6)], Projection = Layer.Dense(6, bias: false), Activation = Activation.ReLU }, Layer.Dense(3)], 3 },
        { "residual block of images, passed few at a time", [4, 4], [Layer.Convolution2D(2, 2, 2, Activation.Tanh), new ResidualSpec { Body = [Layer.Convolution2D(3, 3, 3, Activation.ReLU, padding: 1), Layer.Convolution2D(2, 3, 3, padding: 1)], Activation = Activation.Tanh }, Layer.MaxPooling2D(2, 2), Layer.Dense(2)], 7 },
        { "strided residual block of images without channels", [6, 6], [new ResidualSpec { Body = [Layer.Convolution2D(4, 3, 3, Activation.Tanh, stride: 2, padding: 1), Layer.Convolution2D(2, 3, 3, padding: 1)], Projection = Layer.Convolution2D(2, 1, 1, stride: 2), Activation = Activation.Tanh }, Layer.Dense(2)], 5 },
        { "nested residual blocks", [4], [Layer.Residual(Layer.Dense(4, Activation.Tanh), Layer.Residual(Layer.Dense(4, Activation.Sigmoid)), Layer.Dense(4)), Layer.Dense(2)], 3 },
        { "diamond: one value read three times", [4], [Layer.Dense(5, Activation.Tanh) with { Name = "top" }, Layer.Dense(6, Activation.Sigmoid) with { Name = "left" }, Layer.Dense(6) with { Name = "middle", Inputs = ["top"] }, Layer.Dense(6, Activation.Tanh) with { Name = "right", Inputs = ["top"] }, Layer.Add("left", "middle", "right"), Layer.Dense(3)], 4 },
        { "the same value twice in one sum", [4], [Layer.Dense(5, Activation.Tanh) with { Name = "a" }, Layer.Add("a", "a"), Layer.Dense(2)], 3 },
        { "the input read again", [6], [Layer.Dense(6, Activation.Tanh) with { Name = "a" }, Layer.Add("a", "input"), Layer.Dense(2)], 3 },
        { "concatenated rows", [4], [Layer.Dense(3, Activation.Tanh) with { Name = "a" }, Layer.Dense(2, Activation.Sigmoid) with { Name = "b" }, Layer.Dense(4) with { Name = "c", Inputs = ["a"] }, Layer.Concatenate("a", "b", "c"), Layer.Dense(2)], 3 },
        { "concatenated channels", [5, 4], [Layer.Convolution2D(2, 3, 3, Activation.Tanh, padding: 1) with { Name = "a" }, Layer.Convolution2D(3, 1, 1, Activation.Sigmoid) with { Name = "b", Inputs = ["input"] }, Layer.Concatenate("input", "b", "a"), Layer.MaxPooling2D(2, 2), Layer.Dense(2)], 6 },
        { "an image read as rows beside another reader", [4, 4], [Layer.Convolution2D(2, 3, 3, Activation.Tanh) with { Name = "image" }, Layer.Flatten() with { Name = "rows" }, Layer.Dense(3) with { Name = "a" }, Layer.Dense(3, Activation.Tanh) with { Name = "b", Inputs = ["image"] }, Layer.Add("a", "b")], 5 },
        { "dropout and another reader after an activation", [6], [Layer.Dense(5, Activation.Tanh) with { Name = "a" }, Layer.Dropout() with { Name = "b" }, Layer.Add("a", "b"), Layer.Dense(3)], 4 },
        { "one-by-one layers around one that takes all", [6, 6], [Layer.Convolution2D(2, 3, 3, Activation.Tanh, padding: 1) with { Name = "a" }, Layer.Dropout(0.3) with { Name = "b" }, Layer.Convolution2D(2, 3, 3, Activation.ReLU, padding: 1), Layer.Convolution2D(2, 3, 3, padding: 1) with { Name = "c" }, Layer.Add("a", "b", "c"), Layer.AveragePooling2D(2, 2), Layer.Dense(2)], 9 },
        { "batch normalisation of rows", [5], [Layer.Dense(7, bias: false), Layer.BatchNormalization(Activation.Tanh), Layer.Dense(3)], 6 },
        { "batch normalisation before anything else, and at the end", [4, 3], [Layer.BatchNormalization(), Layer.Dense(19, Activation.Tanh), Layer.BatchNormalization(epsilon: 0.1)], 5 },
        { "batch normalisation between convolutions", [6, 5], [Layer.Convolution2D(5, 3, 3, padding: 1, bias: false), Layer.BatchNormalization(Activation.Tanh), Layer.AveragePooling2D(2, 2), Layer.Convolution2D(3, 2, 2, bias: false), Layer.BatchNormalization(Activation.Sigmoid, epsilon: 0.01), Layer.Dense(3)], 7 },
        { "batch normalisation whose activation is pooled", [4, 4], [Layer.Convolution2D(2, 3, 3, bias: false), Layer.BatchNormalization(Activation.Tanh), Layer.MaxPooling2D(2, 2), Layer.Dense(3)], 4 },
        { "batch normalisation with a ReLU", [5], [Layer.Dense(7, bias: false), Layer.BatchNormalization(Activation.ReLU), Layer.Dense(3)], 6 },
        { "batch normalisation in a residual block", [4, 4, 2], [new ResidualSpec { Body = [Layer.BatchNormalization(), Layer.Convolution2D(2, 3, 3, padding: 1, bias: false), Layer.BatchNormalization()], Activation = Activation.Tanh }, Layer.Dense(2)], 5 },
        { "leaky ReLU", [5], [Layer.Dense(19, Activation.Identity), Layer.LeakyReLU(0.2), Layer.Dense(3)], 4 },
        { "GELU", [5], [Layer.Dense(19), Layer.GELU(), Layer.Dense(3)], 4 },
        { "SiLU", [5], [Layer.Dense(19), Layer.SiLU(), Layer.Dense(3)], 4 },
        { "softplus, last", [5], [Layer.Dense(19), Layer.Softplus()], 4 },
        { "functions of images, passed few at a time", [5, 4], [Layer.Convolution2D(3, 2, 2), Layer.GELU(), Layer.Convolution2D(2, 2, 2), Layer.LeakyReLU(0), Layer.SiLU(), Layer.Dense(2), Layer.Softplus()], 6 },
        { "activations as layers", [5], [Layer.Dense(19), Layer.Tanh(), Layer.Dense(7), Layer.Sigmoid(), Layer.Dense(9), Layer.ReLU(), Layer.Dense(3)], 4 },
        { "activations of pooled images, read twice", [5, 4], [Layer.Convolution2D(3, 2, 2), Layer.AveragePooling2D(2, 2, stride: 1), Layer.Tanh() with { Name = "a" }, Layer.Sigmoid() with { Name = "b" }, Layer.Add("a", "b"), Layer.Dense(2)], 4 },
        { "clipping", [5], [Layer.Dense(19), Layer.Clip(-0.3, 0.4), Layer.Dense(3)], 4 },
        { "global average", [5, 3, 2], [Layer.Convolution2D(19, 2, 2, Activation.Tanh), Layer.GlobalAveragePooling2D(), Layer.Dense(3)], 6 },
        { "global average of an activation, last", [4, 4], [Layer.Convolution2D(3, 3, 3, Activation.ReLU, padding: 1), Layer.GlobalAveragePooling2D()], 2 },
        { "layer normalisation", [7], [Layer.LayerNormalization(), Layer.Dense(33, Activation.Tanh), Layer.LayerNormalization(0.1), Layer.Dense(3)], 4 },
        { "layer normalisation of two numbers, last", [4], [Layer.Dense(2), Layer.LayerNormalization(0.5)], 3 },
        { "layer normalisation of channels", [4, 3], [Layer.Convolution2D(19, 2, 2, Activation.Tanh), Layer.LayerNormalization(), Layer.Convolution2D(3, 2, 2)], 6 },
        { "depthwise", [5, 6, 3], [Layer.DepthwiseConvolution2D(3, 3)], 2 },
        { "depthwise, padding, many channels", [4, 5], [Layer.Convolution2D(19, 1, 1, Activation.Tanh), Layer.DepthwiseConvolution2D(3, 3, Activation.Tanh, padding: 1)], 5 },
        { "depthwise, oblong kernel, stride", [7, 8, 2], [Layer.Convolution2D(5, 1, 1, Activation.Tanh), Layer.DepthwiseConvolution2D(2, 4, Activation.Sigmoid, stride: 2, bias: false)], 2 },
        { "depthwise, stride beyond the kernel", [9, 9], [Layer.Convolution2D(2, 1, 1, Activation.Tanh), Layer.DepthwiseConvolution2D(2, 2, stride: 4), Layer.Dense(2)], 2 },
        { "depthwise, stride and padding beyond the kernel", [4, 3], [Layer.Convolution2D(2, 1, 1, Activation.Tanh), Layer.DepthwiseConvolution2D(2, 3, Activation.Tanh, stride: 3, padding: 4), Layer.Dense(2)], 2 },
        { "a separable block", [4, 4], [Layer.Convolution2D(4, 3, 3, padding: 1), Layer.Residual(Layer.DepthwiseConvolution2D(5, 5, padding: 2), Layer.LayerNormalization(0.1), Layer.Convolution2D(5, 1, 1), Layer.GELU(), Layer.Convolution2D(4, 1, 1)), Layer.GlobalAveragePooling2D()], 5 },
        { "all together", [6, 5], [Layer.Cropping2D(right: 1), Layer.Convolution2D(4, 3, 3, Activation.Tanh), Layer.Dropout(), Layer.Flatten(), Layer.Dense(6, Activation.ReLU), Layer.Dense(3)], 4 },
    };

    [Theory]
    [MemberData(nameof(ImageNetworks))]
    public void Image_layers_and_dropout_equal_double_precision(string name, Shape input, LayerSpec[] layers, int rows)
    {
        for (uint seed = 1; ; seed++)
        {
            NumPyRandom random = new(seed);
            Network network = Network.Create(input, layers);
            network.Initialize(random);
            foreach (ref float value in network.Parameters)
            {
                value += (float)random.NextNormal(0, 0.3); // so that biases are not zero
            }
            Workspace workspace = new(network, rows, training: true);
            float[] inputs = Numbers.Normal(random, rows * input.Size);
            inputs.CopyTo(workspace.Input);
            network.Forward(workspace, rows, new SampleRandom(seed));
            ReferenceNetwork reference = new(network, workspace, rows, new SampleRandom(seed));
            double[] outputs = reference.Forward(inputs, rows);
            if (reference.LeastDistanceFromKink < 1e-3)
            {
                continue; // a numeric difference would step over the kink
            }
            Numbers.AssertClose(outputs, workspace.Output, $"{name}: outputs");

            float[] outputGradient = Numbers.Normal(new NumPyRandom(77), outputs.Length);
            outputGradient.CopyTo(workspace.OutputGradient);
            network.Backward(workspace, rows);
            double[] expected = reference.NumericGradient(inputs, rows, outputGradient);
            foreach (Parameter parameter in network.Layers.SelectMany(layer => layer.Parameters))
            {
                Numbers.AssertClose(expected.AsSpan()[parameter.Offset..(parameter.Offset + parameter.Shape.Size)], parameter.Of(workspace.Gradient), $"{name}: {parameter.Name}");
            }
            return;
        }
    }

    /// <summary>The check that is open to all, with the gradient of what comes in and on several threads; less exact than double precision.</summary>
    [Theory]
    [MemberData(nameof(ImageNetworks))]
    public void The_public_check_finds_them_right(string name, Shape input, LayerSpec[] layers, int rows)
    {
        GradientCheckResult result = GradientCheck.Network(Network.Create(input, layers), rows, seed: 2);
        TestContext.Current.TestOutputHelper!.WriteLine($"{name}: {result}");
        result.ThrowIfWrong();
    }

    private static (Network Network, float[] Inputs, ReferenceNetwork Reference) AwayFromKinks(
        int input, int[] units, Activation[] activations, bool bias, int rows)
    {
        for (uint seed = 1; ; seed++)
        {
            NumPyRandom random = new(seed);
            Network network = Network.Create([input], [.. units.Zip(activations, (unit, activation) =>
                Layer.Dense(unit, activation, bias, Initializer.GlorotNormal, Initializer.Normal(0.5)))]);
            network.Initialize(random);
            float[] inputs = Numbers.Normal(random, rows * input);
            ReferenceNetwork reference = new(network);
            double[] outputs = reference.Forward(inputs, rows);
            // A step of the numeric difference moves a sum by about 1e-4 at most. All zeros would show nothing.
            if (reference.LeastDistanceFromKink > 1e-3 && outputs.Any(output => output != 0))
            {
                return (network, inputs, reference);
            }
        }
    }
}
