using Nabla.Tests.Numerics;

namespace Nabla.Tests.Execution;

/// <summary>A few images at a time go through layers in a row: nobody must be able to tell from the results.</summary>
[Collection(Alone.Name)]
public sealed class LayerGroupTests
{
    public static TheoryData<string, LayerSpec[]> NetworksWithoutChance() => new()
    {
        { "convolutions and pools", [Layer.Convolution2D(8, 3, 3, Activation.ReLU), Layer.MaxPooling2D(2, 2), Layer.Convolution2D(12, 3, 3, Activation.Tanh), Layer.AveragePooling2D(2, 2), Layer.Flatten(), Layer.Dense(10)] },
        { "separable convolutions", [Layer.Convolution2D(6, 3, 3), Layer.LayerNormalization(), Layer.GELU(), Layer.DepthwiseConvolution2D(3, 3, Activation.ReLU, stride: 2), Layer.Convolution2D(9, 1, 1), Layer.SiLU(), Layer.LeakyReLU(), Layer.GlobalAveragePooling2D(), Layer.Dense(10), Layer.Softplus()] },
        { "nothing to learn before a dense layer", [Layer.MaxPooling2D(2, 2), Layer.Flatten(), Layer.Dense(7)] },
        { "more weights than are summed up few by few", [Layer.Convolution2D(40, 3, 3, Activation.ReLU), Layer.MaxPooling2D(4, 4), Layer.Convolution2D(190, 3, 3), Layer.Dense(3)] },
    };

    public static TheoryData<string, LayerSpec[]> NetworksWithChance() => new()
    {
        { "dropout between", [Layer.Cropping2D(bottom: 1), Layer.Convolution2D(5, 3, 3, Activation.Tanh), Layer.Dropout(0.3), Layer.Convolution2D(4, 2, 2), Layer.MaxPooling2D(3, 3), Layer.Dense(6)] },
    };

    [Theory]
    [MemberData(nameof(NetworksWithoutChance))]
    [MemberData(nameof(NetworksWithChance))]
    public void Same_bits_on_any_number_of_threads(string name, LayerSpec[] layers)
    {
        foreach (int rows in new[] { 1, 3, 4, 5, 30 })
        {
            (float[] output, float[] gradient) = Pass(layers, rows, rows, threads: 1);
            foreach (int threads in new[] { 2, 3, 7 })
            {
                (float[] otherOutput, float[] otherGradient) = Pass(layers, rows, rows, threads);
                Numbers.AssertBits(output, otherOutput, $"{name}, {rows} samples, {threads} threads, outputs");
                Numbers.AssertBits(gradient, otherGradient, $"{name}, {rows} samples, {threads} threads, gradient");
            }
        }
    }

    [Theory]
    [MemberData(nameof(NetworksWithoutChance))]
    public void A_batch_in_pieces_has_the_bits_of_the_whole(string name, LayerSpec[] layers)
    {
        (float[] output, float[] gradient) = Pass(layers, 26, 26, threads: 2);
        foreach (int piece in new[] { 4, 8, 24 })
        {
            (float[] otherOutput, float[] otherGradient) = Pass(layers, 26, piece, threads: 2);
            Numbers.AssertBits(output, otherOutput, $"{name}, pieces of {piece}, outputs");
            // A convolution of so many weights that they are not summed up few samples by few writes a gradient for each piece.
            if (name == "more weights than are summed up few by few")
            {
                Numbers.AssertClose([.. gradient.Select(value => (double)value)], otherGradient, $"{name}, pieces of {piece}, gradient");
                continue;
            }
            Numbers.AssertBits(gradient, otherGradient, $"{name}, pieces of {piece}, gradient");
        }
    }

    [Fact]
    public void Moving_parameters_at_once_is_the_same_as_a_step_after()
    {
        Network moved = New([Layer.Convolution2D(8, 3, 3, Activation.ReLU), Layer.MaxPooling2D(2, 2), Layer.Dense(10) with { LearningRateFactor = 0.5 }]);
        Network stepped = New([.. moved.Layers.Select(layer => layer.Spec)]);
        float[] inputs = Numbers.Normal(new NumPyRandom(3), 30 * moved.InputShape.Size), slopes = Numbers.Normal(new NumPyRandom(4), 30 * 10);
        Workspace workspace = Forward(moved, inputs, slopes);
        moved.Executor.BackwardAndDescend(workspace, 30, moved.Parameters, learningRate: 0.25);
        workspace = Forward(stepped, inputs, slopes);
        stepped.Backward(workspace, 30);
        new Sgd().Start(stepped.Parameters.Length).Step(stepped.Parameters, workspace.Gradient, 0.25, stepped.Layers, threads: 2);
        Numbers.AssertBits(stepped.Parameters, moved.Parameters, "parameters");
    }

    private static Workspace Forward(Network network, float[] inputs, float[] slopes)
    {
        Workspace workspace = new(network, 30, training: true, threads: 2);
        inputs.CopyTo(workspace.Input);
        network.Forward(workspace, 30, new SampleRandom(2));
        slopes.CopyTo(workspace.OutputGradient);
        return workspace;
    }

    private static Network New(LayerSpec[] layers)
    {
        Network network = Network.Create([14, 15], layers);
        network.Initialize(new NumPyRandom(1));
        return network;
    }

    /// <summary>Outputs and gradient of so many random images that go through in pieces.</summary>
    private static (float[] Outputs, float[] Gradient) Pass(LayerSpec[] layers, int rows, int piece, int threads)
    {
        Network network = New(layers);
        int input = network.InputShape.Size, width = network.OutputShape.Size;
        float[] inputs = Numbers.Normal(new NumPyRandom(5), rows * input), slopes = Numbers.Normal(new NumPyRandom(6), rows * width);
        Workspace workspace = new(network, piece, training: true, threads);
        List<float> outputs = [];
        for (int first = 0; first < rows; first += piece)
        {
            int count = Math.Min(piece, rows - first);
            inputs.AsSpan(first * input, count * input).CopyTo(workspace.Input);
            network.Forward(workspace, count, new SampleRandom(7, firstPlace: first));
            outputs.AddRange(workspace.Output[..(count * width)]);
            slopes.AsSpan(first * width, count * width).CopyTo(workspace.OutputGradient);
            network.Backward(workspace, count);
        }
        return ([.. outputs], workspace.Gradient.ToArray());
    }
}
