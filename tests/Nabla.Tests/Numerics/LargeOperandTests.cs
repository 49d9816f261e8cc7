using Nabla.Numerics;

namespace Nabla.Tests.Numerics;

/// <summary>Kernels with operands so large that sizes of intermediate memory would wrap in 32 bits.</summary>
[Collection(Alone.Name)]
public sealed unsafe class LargeOperandTests
{
    [Fact]
    public void Thread_memory_is_refused_beyond_its_limit_instead_of_being_too_small()
    {
        float[]? memory = null;
        Assert.Throws<ArgumentOutOfRangeException>(() => { ThreadMemory.Of(ref memory, 1L << 32); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { ThreadMemory.Of(ref memory, ThreadMemory.MaxBytes / sizeof(float) + 1); });
        Assert.Null(memory);
        ThreadMemory.Of(ref memory, 100_000);
        Assert.InRange(memory!.Length, 100_000, 101_000);
    }

    [Fact]
    public void A_softmax_of_45_million_outputs()
    {
        const int Width = 45_000_000;
        float[] logits = new float[Width], targets = new float[Width], gradient = new float[Width];
        Array.Fill(logits, -200);
        (logits[7], logits[^1], targets[^1]) = (3, 2, 1);
        double loss = Loss.SoftmaxCrossEntropy.Evaluate(logits, targets, gradient, rows: 1, divisor: 1);
        double probability = 1 / (1 + Math.E);
        Assert.Equal(-Math.Log(probability), loss, 1e-6);
        Assert.Equal(1 - probability, gradient[7], 1e-6);
        Assert.Equal(probability - 1, gradient[^1], 1e-6);
        Assert.Equal(0, gradient[8]);
    }

    [Fact]
    public void Wide_rows_have_the_bits_of_narrow_ones_whose_other_logits_count_nothing()
    {
        const int Width = 400_000, Few = 5;
        float[] wide = new float[2 * Width];
        Array.Fill(wide, float.NegativeInfinity);
        float[] few = Numbers.Normal(new NumPyRandom(1), 2 * Few, 3), expected = new float[2 * Few];
        few.AsSpan(0, Few).CopyTo(wide);
        few.AsSpan(Few).CopyTo(wide.AsSpan(Width));
        Softmax.Rows(few, expected, 2, Few);
        Softmax.Rows(wide, wide, 2, Width);
        Numbers.AssertBits(expected.AsSpan(0, Few), wide.AsSpan(0, Few), "first row");
        Numbers.AssertBits(expected.AsSpan(Few), wide.AsSpan(Width, Few), "second row");
    }

    [Fact]
    public void The_gradient_of_a_softmax_needs_memory_of_its_own()
    {
        float[] logits = [1, 2], targets = [0, 1];
        Assert.Throws<ArgumentException>(() => Loss.SoftmaxCrossEntropy.Evaluate(logits, targets, logits, rows: 1, divisor: 1));
        Assert.Throws<ArgumentException>(() => Loss.SoftmaxCrossEntropy.Evaluate(logits, targets, targets, rows: 1, divisor: 1));
    }

    /// <summary>From 160,500 columns on, the rows of the tiles of one row of an image came out wrong; more than 16,384 positions are taken in parts.</summary>
    [Theory]
    [InlineData(1, 400_000, 1, 1)]
    [InlineData(1, 200_000, 1, 3)]
    [InlineData(300, 100, 3, 3)]
    [InlineData(3, 20_000, 2, 3)]
    public void Convolutions_of_large_images(int height, int width, int kernelHeight, int kernelWidth)
    {
        ConvolutionGeometry geometry = new(height, width, 1, kernelHeight, kernelWidth, 1, 0);
        NumPyRandom random = new(5);
        float[] input = Numbers.Normal(random, geometry.ImageSize), weights = Numbers.Normal(random, geometry.PatchSize), dOutput = Numbers.Normal(random, geometry.Positions);
        float[] output = new float[geometry.Positions], dWeights = new float[weights.Length], dInput = new float[input.Length];
        for (int position = 0; position < geometry.Positions; position++)
        {
            (int y, int x) = Math.DivRem(position, geometry.OutputWidth);
            for (int k = 0; k < geometry.PatchSize; k++)
            {
                float pixel = input[(y + k / kernelWidth) * width + x + k % kernelWidth];
                output[position] = float.FusedMultiplyAdd(pixel, weights[k], output[position]);
                dWeights[k] = float.FusedMultiplyAdd(pixel, dOutput[position], dWeights[k]);
            }
        }
        for (int k = 0; k < geometry.PatchSize; k++)
        {
            for (int position = 0; position < geometry.Positions; position++)
            {
                (int y, int x) = Math.DivRem(position, geometry.OutputWidth);
                ref float gradient = ref dInput[(y + k / kernelWidth) * width + x + k % kernelWidth];
                gradient = float.FusedMultiplyAdd(dOutput[position], weights[k], gradient);
            }
        }
        foreach (int threads in new[] { 1, 3 })
        {
            GuardedBuffer y = new(new float[output.Length]), dw = new(new float[dWeights.Length]), dx = new(new float[dInput.Length]);
            ConvolutionProduct.Forward(geometry, 1, input, weights, [], y.Contents, 1, threads, Activation.Identity);
            ConvolutionProduct.BackwardWeights(geometry, 1, input, dOutput, dw.Contents, 1, threads);
            ConvolutionProduct.BackwardInput(geometry, 1, dOutput, weights, dx.Contents, 1, threads);
            Numbers.AssertBits(output, y.Contents, "output");
            Numbers.AssertBits(dWeights, dw.Contents, "weights");
            Numbers.AssertBits(dInput, dx.Contents, "input");
            Assert.True(y.IsIntact && dw.IsIntact && dx.IsIntact);
        }
    }

    [Fact]
    public void The_gradient_of_a_kernel_takes_little_memory_however_large_the_image()
    {
        ConvolutionGeometry geometry = new(1500, 1500, 1, 3, 3, 1, 0);
        float[] input = new float[geometry.ImageSize], dOutput = new float[geometry.Positions], dWeights = new float[9];
        long taken = 0;
        Thread thread = new(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            ConvolutionProduct.BackwardWeights(geometry, 1, input, dOutput, dWeights, 1, threads: 1);
            taken = GC.GetAllocatedBytesForCurrentThread() - before;
        });
        thread.Start();
        thread.Join();
        Assert.InRange(taken, 1, 4_000_000);
    }

    [Fact]
    public void The_last_of_many_threads_sums_the_last_of_many_columns()
    {
        // 12.5 million cache lines times 200 threads are more than 2³¹. The memory before is never touched.
        const int Columns = 200_000_000, Parts = 200;
        float[] values = new float[Columns], sums = new float[Columns];
        values.AsSpan(Columns - Columns / Parts).Fill(1);
        fixed (float* from = values, to = sums)
        {
            new ColumnSumsJob { Values = from, Row = Columns, Result = to, Rows = 1, Columns = Columns, Use = GradientUse.Replace }.Run(Parts - 1, Parts);
        }
        Assert.Equal(-1, sums.AsSpan(Columns - Columns / Parts).IndexOfAnyExcept(1f));
    }
}
