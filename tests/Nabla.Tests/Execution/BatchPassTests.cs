using Nabla.Numerics;
using Nabla.Tests.Numerics;

namespace Nabla.Tests.Execution;

/// <summary>Batches that are cut into shares, of which threads take one after the other.</summary>
[Collection(Alone.Name)]
public sealed class BatchPassTests
{
    // Pieces of 256: five shares of two or three, which two threads take together and five each for itself.
    private const int Samples = 2800;
    private const int Side = 9;

    /// <summary>Units of the first layer (with few, blanks are skipped one by one; 0 for a convolution), whether samples are standardised, whether a layer draws at random.</summary>
    public static TheoryData<int, StandardizationScope?, bool> Kinds() => new()
    {
        { 40, null, false },
        { 10, null, false },
        { 40, StandardizationScope.Value, false },
        { 10, StandardizationScope.Column, false },
        { 10, StandardizationScope.All, false },
        { 10, null, true },
        { 0, null, false },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Its_gradient_and_loss_are_those_of_the_whole(int units, StandardizationScope? scope, bool dropsOut)
    {
        DataSet data = Digits();
        Network network = Create(units, scope, dropsOut, data);
        int[] order = new NumPyRandom(4).Permutation(Samples);

        Workspace whole = new(network, Samples, training: true);
        float[] targets = new float[Samples * 4];
        Batch.CopyFeatures(data.Features, network.Preprocessing, order, whole.Input, threads: 1, bySample: true);
        data.Targets.CopyRows(order, targets);
        network.Forward(whole, Samples, new SampleRandom(5));
        double loss = Loss.SoftmaxCrossEntropy.Evaluate(whole.Output, targets, whole.OutputGradient, Samples, Samples);
        ClassLabels labels = (ClassLabels)data.Targets;
        int correct = Enumerable.Range(0, Samples).Count(row => Reductions.IndexOfMax(whole.Output.Slice(row * 4, 4)) == labels.Values[order[row]]);
        network.Backward(whole, Samples);
        double[] gradient = [.. whole.Gradient];

        float[] before = network.Parameters.ToArray();
        // Else this would say nothing of them.
        FoldedShift? shift = FoldedShift.For(network, data.Features);
        Assert.Equal(scope is null, shift is null);
        Assert.NotNull(Batch.Sparse(data.Features, shift?.Preprocessing ?? network.Preprocessing));

        BatchPass pass = new(network, Loss.SoftmaxCrossEntropy, data, new ExecutionPlan(network, Samples, threads: 2));
        for (int time = 0; time < 2; time++)
        {
            BatchLoss result = pass.Run(order, new SampleRandom(5));
            Assert.Equal(loss, result.Sum, loss * 1e-6);
            Assert.Equal(correct, result.Correct);
            Numbers.AssertClose(gradient, pass.Gradient, "gradient");
            Numbers.AssertBits(before, network.Parameters, "parameters");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Its_bits_do_not_depend_on_threads(int units, StandardizationScope? scope, bool dropsOut)
    {
        DataSet data = Digits();
        (float[] expected, BatchLoss loss) = Run(threads: 1);
        foreach (int threads in new[] { 2, 3, 5, 7 })
        {
            (float[] gradient, BatchLoss otherLoss) = Run(threads);
            Numbers.AssertBits(expected, gradient, $"{threads} threads");
            Assert.Equal(loss, otherLoss);
        }

        (float[] Gradient, BatchLoss Loss) Run(int threads)
        {
            Network network = Create(units, scope, dropsOut, data);
            BatchPass pass = new(network, Loss.SoftmaxCrossEntropy, data, new ExecutionPlan(network, Samples, threads));
            BatchLoss result = pass.Run([.. Enumerable.Range(0, Samples)], new SampleRandom(5));
            return (pass.Gradient.ToArray(), result);
        }
    }

    /// <summary>The last batch of an epoch may be a few samples.</summary>
    [Fact]
    public void A_smaller_batch_leaves_nothing_of_a_larger_one()
    {
        DataSet data = Digits();
        Network network = Create(units: 10, StandardizationScope.Value, dropsOut: false, data);
        int[] few = [17, 3, 99];
        BatchPass pass = new(network, Loss.SoftmaxCrossEntropy, data, new ExecutionPlan(network, Samples, threads: 3));
        pass.Run([.. Enumerable.Range(0, Samples)], new SampleRandom(5));
        BatchLoss loss = pass.Run(few, new SampleRandom(5));
        BatchPass fresh = new(network, Loss.SoftmaxCrossEntropy, data, new ExecutionPlan(network, Samples, threads: 1));
        Assert.Equal(fresh.Run(few, new SampleRandom(5)), loss);
        Numbers.AssertBits(fresh.Gradient, pass.Gradient, "gradient");
    }

    private static Network Create(int units, StandardizationScope? scope, bool dropsOut, DataSet data)
    {
        List<LayerSpec> layers = [units == 0 ? Layer.Convolution2D(5, 3, 3, Activation.ReLU) : Layer.Dense(units, Activation.ReLU), Layer.Dense(4)];
        layers.InsertRange(1, dropsOut ? [Layer.Dropout(0.3)] : []);
        Network network = Network.Create([Side, Side], layers);
        network.Initialize(new NumPyRandom(3));
        network.Preprocessing = new() { Standardization = scope is { } each ? Standardization.Fit(data.Features, 255, each) : null };
        return network;
    }

    /// <summary>Images of which four fifths are blank, with a class that has a bright pixel of its own.</summary>
    private static DataSet Digits()
    {
        NumPyRandom random = new(1);
        byte[] pixels = new byte[Samples * Side * Side];
        int[] labels = new int[Samples];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = random.NextInt32(5) == 0 && i % 11 != 0 ? (byte)(1 + random.NextInt32(255)) : (byte)0;
        }
        for (int i = 0; i < Samples; i++)
        {
            labels[i] = random.NextInt32(4);
            pixels[i * Side * Side + 7 * labels[i]] = 255;
        }
        return DataSet.FromImages(pixels, [Side, Side], labels, 4);
    }
}
