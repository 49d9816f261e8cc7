using System.Diagnostics;
using System.Runtime.InteropServices;
using Nabla.Numerics;

namespace Nabla.Tests.Numerics;

/// <summary>
/// All kernels with operands that end at, or begin behind, pages that nobody may touch. A number too far would end the
/// process, so they run in children, with all instructions and with some switched off.
/// </summary>
public sealed class GuardPageTests
{
    private static readonly int[] Sizes = [1, 3, 7, 8, 9, 13, 16, 17, 31, 33, 50];

    [Theory]
    [InlineData("")]
    [InlineData("EnableAVX512")]
    [InlineData("EnableAVX2")]
    [InlineData("EnableHWIntrinsic")]
    public async Task No_kernel_touches_what_is_not_its_own(string switchedOff)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The pages are made by calls of Unix.");
        ProcessStartInfo start = new(Environment.ProcessPath!, ["-class", "*GuardPageTests", "-explicit", "only"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (switchedOff.Length > 0)
        {
            start.Environment[$"DOTNET_{switchedOff}"] = "0";
        }
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0 && output.Contains("Total: 12, Errors: 0, Failed: 0, Skipped: 0, Not Run: 4", StringComparison.Ordinal), $"exit code {process.ExitCode}: {output}{await error}");
    }

    [Fact(Explicit = true)]
    public void Matrix_products()
    {
        foreach ((int rows, int inner, int columns) in Triples([.. Sizes, 80, 130]))
        {
            foreach (bool blank in new[] { false, true })
            {
                Each((left, right, start, result) =>
                {
                    foreach (int threads in new[] { 1, 3 })
                    {
                        MatrixProduct.Multiply(left, right, start, result, rows, inner, columns, threads, Activation.ReLU, sharesFeatures: threads > 1);
                        MatrixProduct.MultiplyRightTransposed(left, right, result, rows, inner, columns, threads);
                        foreach (GradientUse use in new[] { GradientUse.Replace, GradientUse.Add, GradientUse.Descend(0.1f) })
                        {
                            MatrixProduct.MultiplyLeftTransposed(left, right, result, rows, inner, columns, threads, use, sharesFeatures: threads > 1);
                        }
                    }
                }, Contents(rows * inner, blank), Contents(inner * columns), Contents(columns), Contents(rows * columns));
            }
        }
    }

    [Fact(Explicit = true)]
    public void Wide_matrix_products_of_several_threads()
    {
        // Large enough for pipelines, packed operands, thin results and products on their side.
        foreach ((int rows, int inner, int columns) in new[] { (31, 301, 203), (100, 257, 1031), (30, 784, 10), (2, 2000, 130), (13, 50, 2003), (257, 129, 65) })
        {
            Each((left, right, start, result) =>
            {
                foreach (int threads in new[] { 1, 2, 3 })
                {
                    MatrixProduct.Multiply(left, right, start, result, rows, inner, columns, threads, Activation.Identity, sharesFeatures: true);
                    MatrixProduct.Multiply(left, right, start, result, rows, inner, columns, threads);
                    MatrixProduct.MultiplyRightTransposed(left, right, result, rows, inner, columns, threads);
                    MatrixProduct.MultiplyLeftTransposed(left, right, result, rows, inner, columns, threads, GradientUse.Add);
                }
            }, Contents(rows * inner, blank: true), Contents(inner * columns), Contents(columns), Contents(rows * columns));
        }
    }

    [Fact(Explicit = true)]
    public void Convolutions()
    {
        foreach ((int height, int width, int channels, int kernel, int stride, int padding) in new[]
        {
            (6, 7, 1, 3, 1, 0), (28, 28, 1, 3, 1, 0), (9, 8, 1, 3, 1, 1), (7, 9, 1, 2, 2, 1), (6, 6, 3, 3, 1, 1), (5, 7, 16, 2, 1, 0), (8, 5, 17, 1, 1, 0), (6, 6, 32, 3, 2, 2), (1, 20_000, 1, 1, 1, 0),
        })
        {
            ConvolutionGeometry geometry = new(height, width, channels, kernel, kernel, stride, padding);
            foreach (int filters in new[] { 1, 3, 16, 17, 33 })
            {
                const int Images = 3;
                Each((input, weights, bias, output) =>
                {
                    foreach (int threads in new[] { 1, 3 })
                    {
                        ConvolutionProduct.Forward(geometry, filters, input, weights, bias, output, Images, threads, Activation.Tanh);
                        ConvolutionProduct.BackwardWeights(geometry, filters, input, output, weights, Images, threads);
                        ConvolutionProduct.BackwardInput(geometry, filters, output, weights, input, Images, threads);
                    }
                }, Contents(Images * geometry.ImageSize), Contents(geometry.PatchSize * filters), Contents(filters), Contents(Images * geometry.Positions * filters));
                Each((weights, transposed, _, _) => ConvolutionProduct.TransposeWeights(geometry, filters, weights, transposed), Contents(geometry.PatchSize * filters), Contents(geometry.PatchSize * filters), [], []);
            }
        }
    }

    [Fact(Explicit = true)]
    public void Pools()
    {
        foreach (PoolingGeometry geometry in new PoolingGeometry[]
        {
            new(6, 8, 1, 2, 2, 2, 2, 0), new(7, 9, 5, 2, 2, 2, 2, 0), new(7, 9, 17, 3, 2, 1, 2, 1), new(5, 5, 33, 5, 5, 1, 1, 2), new(9, 9, 16, 2, 2, 2, 2, 0),
        })
        {
            const int Images = 3;
            Each((input, output, dOutput, dInput) =>
            {
                foreach (int threads in new[] { 1, 3 })
                {
                    Pooling.Max(input, output, Images, geometry, threads);
                    Pooling.MaxGradient(input, output, dOutput, dInput, Images, geometry, threads, Activation.ReLU);
                    Pooling.Average(input, output, Images, geometry, threads);
                    Pooling.AverageGradient(dOutput, dInput, Images, geometry, threads);
                }
            }, Contents(Images * geometry.InputSize), Contents(Images * geometry.OutputSize), Contents(Images * geometry.OutputSize), Contents(Images * geometry.InputSize));
        }
    }

    [Fact(Explicit = true)]
    public void Depthwise_convolutions_and_normalised_rows()
    {
        const int Images = 3;
        foreach (int channels in new[] { 1, 3, 8, 17 })
        {
            foreach (ConvolutionGeometry geometry in new ConvolutionGeometry[]
            {
                new(6, 9, channels, 3, 3, 1, 1), new(9, 8, channels, 4, 5, 2, 2), new(7, 7, channels, 2, 2, 3, 0), new(2, 3, channels, 2, 3, 1, 4),
            })
            {
                Each((input, weights, bias, output) =>
                {
                    foreach (int threads in new[] { 1, 3 })
                    {
                        DepthwiseProduct.Forward(geometry, input, weights, bias, output, Images, threads, Activation.Tanh);
                        DepthwiseProduct.BackwardWeights(geometry, input, output, weights, Images, threads);
                        DepthwiseProduct.BackwardInput(geometry, output, weights, input, Images, threads);
                    }
                }, Contents(Images * geometry.ImageSize), Contents(geometry.PatchSize), Contents(channels), Contents(Images * geometry.Positions * channels));
            }
            Each((input, scale, output, state) =>
            {
                RowNormalization.Forward(input, scale, scale, output, state, Images, channels, 1, threads: 1);
                RowNormalization.Backward(input, scale, state, output, input, Images, channels, threads: 1);
            }, Contents(Images * channels), Contents(channels), Contents(Images * channels), Contents(2 * Images));
        }
    }

    [Fact(Explicit = true)]
    public void Softmax_sums_and_transposition()
    {
        foreach ((int rows, int columns, _) in Triples(Sizes, inner: 1))
        {
            Each((logits, targets, gradient, sums) =>
            {
                Softmax.CrossEntropy(logits, targets, gradient, rows, columns, 3);
                Softmax.CrossEntropy(logits, targets, [], rows, columns, 3);
                Softmax.Rows(logits, gradient, rows, columns);
                Transposition.Transpose(logits, gradient, rows, columns);
                Reductions.SumColumns(logits, sums, rows, columns, GradientUse.Add, threads: 3);
                Reductions.SumColumns(logits, sums, rows, columns, GradientUse.Descend(0.1f), threads: 1);
                Reductions.IndexOfMax(logits);
            }, Contents(rows * columns), Contents(rows * columns), Contents(rows * columns), Contents(columns));
        }
    }

    [Fact(Explicit = true)]
    public void Element_by_element()
    {
        foreach (int length in Enumerable.Range(0, 70).Append(50_003))
        {
            Each((a, b, c, d) =>
            {
                foreach (Activation activation in Enum.GetValues<Activation>())
                {
                    ActivationKernels.Apply(activation, a, threads: 3);
                    ActivationKernels.MultiplyByDerivative(activation, a, b, threads: 3);
                    ActivationKernels.MultiplyByMaskAndDerivative(activation, a, b, c, d, threads: 3);
                }
                ElementWiseKernels.Multiply(a, b, c, threads: 3);
                ElementWiseKernels.Descend(a, b, 0.1f, keep: 0.9f, threads: 3);
                ElementWiseKernels.MultiplyByCoins(MemoryMarshal.Cast<float, uint>(a), 2, b, c, threads: 3);
                ByteConversion.Divide(MemoryMarshal.AsBytes(a)[^a.Length..], 255, d);
                ByteConversion.Divide(MemoryMarshal.AsBytes(a)[..a.Length], 254, d);
                new Standardization([1], [2]).Apply(d);
                foreach (Optimizer optimizer in new Optimizer[] { new Sgd(), new Sgd { Momentum = 0.9 }, new Sgd { Momentum = 0.9, Nesterov = true }, new Adam(), new AdamW() })
                {
                    optimizer.Start(length).Step(b, c, 0.1, threads: 3);
                }
            }, Contents(length), Contents(length), Contents(length), Contents(length));
        }
    }

    [Fact(Explicit = true)]
    public void Sparse_products()
    {
        foreach (int size in new[] { 1, 5, 64, 300 })
        {
            float[] sample = Contents(size, blank: true);
            SparseSamples samples = new(size, [.. Enumerable.Range(0, 10).Select(i => i * (size - sample.Count(value => value == 0)))]);
            for (int row = 0; row < 9; row++)
            {
                samples.Set(row, sample);
            }
            SparseInput input = new(samples, 9);
            input.Choose([0, 1, 2, 3, 4, 5, 6, 7, 8]);
            for (int columns = 1; columns <= SparseProduct.MaxColumns; columns++)
            {
                Each((matrix, bias, result, _) =>
                {
                    SparseProduct.Multiply(input, matrix, bias, result, columns, Activation.ReLU);
                    SparseProduct.MultiplyTransposed(input, result, matrix, columns, GradientUse.Add);
                    SparseProduct.MultiplyTransposed(input, result, matrix, columns, GradientUse.Replace);
                }, Contents(size * columns), Contents(columns), Contents(9 * columns), []);
            }
        }
    }

    private delegate void Kernel(Span<float> first, Span<float> second, Span<float> third, Span<float> fourth);

    /// <summary>Once with a forbidden page behind each operand, and once before each.</summary>
    private static void Each(Kernel kernel, float[] first, float[] second, float[] third, float[] fourth)
    {
        foreach (bool atEnd in new[] { true, false })
        {
            using GuardedPages a = new(first, atEnd), b = new(second, atEnd), c = new(third, atEnd), d = new(fourth, atEnd);
            kernel(a.Span, b.Span, c.Span, d.Span);
        }
    }

    private static IEnumerable<(int, int, int)> Triples(int[] sizes, int? inner = null)
    {
        NumPyRandom random = new(7);
        // Every pair of sizes, and with it some third.
        return from rows in sizes from columns in sizes select (rows, inner is null ? sizes[random.NextInt32(sizes.Length)] : columns, columns);
    }

    private static float[] Contents(int length, bool blank = false)
    {
        NumPyRandom random = new(3);
        return [.. Enumerable.Range(0, length).Select(i => blank && i % 4 != 0 ? 0 : (float)random.NextUniform(-1, 1))];
    }
}
