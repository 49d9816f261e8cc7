using Nabla.Tests.Numerics;

namespace Nabla.Tests.Losses;

/// <summary>Value and gradient of the losses against double precision.</summary>
public sealed class LossTests
{
    public static TheoryData<string, string, int, int> Cases()
    {
        TheoryData<string, string, int, int> cases = [];
        foreach (string loss in new[] { "quadratic", "softmax cross-entropy" })
        {
            foreach (string targets in new[] { "one-hot", "soft", "soft, not summing to 1", "vectors" })
            {
                cases.Add(loss, targets, 1, 1);
                cases.Add(loss, targets, 1, 10);
                cases.Add(loss, targets, 4, 3);
                cases.Add(loss, targets, 3, 35);
            }
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Value_and_gradient_equal_double_precision(string name, string kind, int rows, int width)
    {
        Loss loss = name == "quadratic" ? Loss.Quadratic : Loss.SoftmaxCrossEntropy;
        Assert.Equal(name, loss.ToString());
        NumPyRandom random = new((uint)(rows * 100 + width));
        float[] output = Numbers.Normal(random, rows * width, deviation: 3);
        float[] target = Targets(kind, rows, width, random);
        Func<double[], double> reference = outputs => name == "quadratic" ? Quadratic(outputs, target) : CrossEntropy(outputs, target, width);
        double[] exact = [.. output.Select(value => (double)value)];

        const float Divisor = 8;
        float[] gradient = new float[output.Length];
        double value = loss.Evaluate(output, target, gradient, rows, Divisor);
        double expected = reference(exact);
        // Logits and the logarithm of their sum are floats of up to about 10: some 1e-6 each.
        Assert.Equal(expected, value, 1e-6 * rows * width + 1e-6 * Math.Abs(expected));

        const double H = 1e-5;
        for (int i = 0; i < output.Length; i++)
        {
            double middle = exact[i];
            exact[i] = middle + H;
            double above = reference(exact);
            exact[i] = middle - H;
            double below = reference(exact);
            exact[i] = middle;
            double slope = (above - below) / (2 * H) / Divisor;
            Assert.Equal(slope, gradient[i], 2e-7 * Math.Max(1, Math.Abs(slope)) * Math.Max(1, target.Max(Math.Abs)));
        }
    }

    [Fact]
    public void Quadratic_loss_by_hand()
    {
        float[] gradient = new float[4];
        Assert.Equal(0.5 * (9 + 4 + 0.25), Loss.Quadratic.Evaluate([4, 0, 1, 1], [1, 2, 1, 0.5f], gradient, 2, 2));
        Assert.Equal([1.5f, -1, 0, 0.25f], gradient);
    }

    [Fact]
    public void Cross_entropy_of_equal_logits_is_the_logarithm_of_their_number()
    {
        float[] gradient = new float[4];
        Assert.Equal(Math.Log(4), Loss.SoftmaxCrossEntropy.Evaluate([7, 7, 7, 7], [0, 1, 0, 0], gradient, 1, 1), 1e-6);
        Assert.Equal([0.25f, -0.75f, 0.25f, 0.25f], gradient);
    }

    [Theory]
    [InlineData(1e4f)]
    [InlineData(1e30f)]
    [InlineData(1e38f)]
    public void Cross_entropy_of_very_large_logits_is_finite(float size)
    {
        float[] gradient = new float[3];
        double wrong = Loss.SoftmaxCrossEntropy.Evaluate([size, -size, 0], [0, 1, 0], gradient, 1, 1);
        Assert.Equal(2.0 * size, wrong, 1e-6 * size);
        Assert.Equal([1, -1, 0], gradient);
        double right = Loss.SoftmaxCrossEntropy.Evaluate([size, -size, 0], [1, 0, 0], gradient, 1, 1);
        Assert.Equal(0, right);
        Assert.Equal([0, 0, 0], gradient);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Outputs_that_are_no_numbers_are_not_hidden(float bad)
    {
        float[] gradient = new float[4];
        Assert.False(double.IsFinite(Loss.Quadratic.Evaluate([1, 2, bad, 4], [0, 1, 0, 1], gradient, 2, 1)));
        Assert.False(double.IsFinite(Loss.SoftmaxCrossEntropy.Evaluate([1, 2, bad, 4], [0, 1, 0, 1], gradient, 2, 1)));
    }

    [Fact]
    public void Refuses_buffers_that_do_not_fit_together()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Loss.Quadratic.Evaluate([], [], [], 0, 1));
        foreach (Loss loss in new[] { Loss.Quadratic, Loss.SoftmaxCrossEntropy })
        {
            Assert.Throws<ArgumentException>(() => loss.Evaluate(new float[4], new float[3], new float[4], 2, 1));
            Assert.Throws<ArgumentException>(() => loss.Evaluate(new float[4], new float[4], new float[3], 2, 1));
            Assert.Throws<ArgumentException>(() => loss.Evaluate(new float[5], new float[5], new float[5], 2, 1));
        }
    }

    private static double Quadratic(double[] output, float[] target) =>
        output.Zip(target, (wasPut, wanted) => (wasPut - wanted) * (wasPut - wanted)).Sum() / 2;

    private static double CrossEntropy(double[] output, float[] target, int width)
    {
        double sum = 0;
        for (int start = 0; start < output.Length; start += width)
        {
            double greatest = output[start..(start + width)].Max();
            double logOfSum = greatest + Math.Log(output[start..(start + width)].Sum(logit => Math.Exp(logit - greatest)));
            for (int i = start; i < start + width; i++)
            {
                sum += target[i] * (logOfSum - output[i]);
            }
        }
        return sum;
    }

    private static float[] Targets(string kind, int rows, int width, NumPyRandom random)
    {
        float[] targets = new float[rows * width];
        for (int row = 0; row < rows; row++)
        {
            Span<float> target = targets.AsSpan(row * width, width);
            if (kind == "one-hot")
            {
                target[random.NextInt32(width)] = 1;
                continue;
            }
            float sum = 0;
            foreach (ref float value in target)
            {
                value = kind == "vectors" ? (float)random.NextNormal(0, 2) : (float)random.NextUniform(0, 2);
                sum += value;
            }
            foreach (ref float value in target)
            {
                value /= kind == "soft" ? sum : 1;
            }
        }
        return targets;
    }

    [Theory]
    [InlineData("quadratic")]
    [InlineData("softmax cross-entropy")]
    public void No_answer_that_is_the_same_for_all_has_less_than_the_loss_of_the_best(string name)
    {
        Loss loss = name == "quadratic" ? Loss.Quadratic : Loss.SoftmaxCrossEntropy;
        const int Rows = 40, Width = 3;
        NumPyRandom random = new(5);
        float[] targets = Targets(name == "quadratic" ? "vectors" : "soft", Rows, Width, random);
        double best = loss.OfConstantAnswer(new TargetVectors(targets, Width))!.Value;
        float[] mean = [.. Enumerable.Range(0, Width).Select(i => (float)Enumerable.Range(0, Rows).Average(row => (double)targets[row * Width + i]))];
        float[] answer = name == "quadratic" ? mean : [.. mean.Select(value => MathF.Log(value))];
        Assert.Equal(best, LossOf(answer), 1e-6);
        for (int i = 0; i < 20; i++)
        {
            float[] step = Numbers.Normal(random, Width, deviation: 0.3f);
            Assert.True(LossOf([.. answer.Zip(step, (value, by) => value + by)]) > best);
        }

        ClassLabels labels = new([0, 0, 0, 1], 3);
        Assert.Equal(name == "quadratic" ? (1 - (0.75 * 0.75 + 0.25 * 0.25)) / 2 : -(0.75 * Math.Log(0.75) + 0.25 * Math.Log(0.25)), loss.OfConstantAnswer(labels)!.Value, 1e-12);

        double LossOf(float[] constant) => loss.Value([.. Enumerable.Range(0, Rows).SelectMany(_ => constant)], targets, Rows) / Rows;
    }

    public static TheoryData<double, double[]?> Options() => new() { { 0.1, null }, { 0, [0.5, 0, 3] }, { 0.3, [0.5, 2, 3] } };

    /// <summary>PyTorch's definition: Σ −weight · ((1 − ε) · target + ε / classes) · log probability.</summary>
    [Theory]
    [MemberData(nameof(Options))]
    public void Smoothing_and_weights_equal_double_precision(double smoothing, double[]? weights)
    {
        const int Rows = 37, Width = 3;
        SoftmaxCrossEntropyLoss loss = new() { LabelSmoothing = smoothing, ClassWeights = weights };
        NumPyRandom random = new(9);
        foreach (string kind in new[] { "one-hot", "soft" })
        {
            float[] output = Numbers.Normal(random, Rows * Width, deviation: 3), target = Targets(kind, Rows, Width, random), gradient = new float[output.Length];
            double[] changed = [.. target.Select((value, i) => ((1 - smoothing) * value + smoothing / Width) * (weights?[i % Width] ?? 1))];
            double value = loss.Evaluate(output, target, gradient, Rows, Rows);
            double expected = 0;
            for (int row = 0; row < Rows; row++)
            {
                double[] logits = [.. output.Skip(row * Width).Take(Width).Select(logit => (double)logit)];
                double sum = logits.Sum(Math.Exp), weight = changed.Skip(row * Width).Take(Width).Sum();
                for (int i = 0; i < Width; i++)
                {
                    int at = row * Width + i;
                    expected -= changed[at] * Math.Log(Math.Exp(logits[i]) / sum);
                    Assert.Equal((Math.Exp(logits[i]) / sum * weight - changed[at]) / Rows, gradient[at], 3e-7);
                }
            }
            Assert.Equal(expected, value, 2e-5 * expected);
            Assert.Equal(value, loss.Value(output, target, Rows));
            GradientCheck.Loss(loss, kind == "soft" ? new TargetVectors(target, Width) : new ClassLabels([0, 2, 1, 1], Width)).ThrowIfWrong();

            // The best constant answer: no logits give less.
            double constant = loss.OfConstantAnswer(new TargetVectors(target, Width))!.Value;
            double[] share = [.. Enumerable.Range(0, Width).Select(i => Enumerable.Range(0, Rows).Sum(row => changed[row * Width + i]))];
            float[] best = [.. share.Select(value => value > 0 ? (float)Math.Log(value) : -30)];
            Assert.Equal(LossOf(best), constant, 1e-5);
            for (int i = 0; i < 10; i++)
            {
                Assert.True(LossOf([.. best.Zip(Numbers.Normal(random, Width, deviation: 0.3f), (logit, by) => logit + by)]) >= constant - 1e-6);
            }

            double LossOf(float[] logits) => loss.Value([.. Enumerable.Range(0, Rows).SelectMany(_ => logits)], target, Rows) / Rows;
        }
    }

    [Fact]
    public void The_mean_is_over_samples_and_not_over_weights()
    {
        SoftmaxCrossEntropyLoss loss = new() { ClassWeights = [1, 3] };
        Assert.Equal(Math.Log(2) * (1 + 3) / 2, loss.Value([0, 0, 0, 0], [1, 0, 0, 1], 2) / 2, 1e-6);
    }

    [Fact]
    public void Balanced_weights_give_every_class_the_same_say()
    {
        Assert.Equal([4 / 6.0, 4 / 2.0], SoftmaxCrossEntropyLoss.BalancedWeights(new ClassLabels([0, 1, 0, 0], 2)));
        Assert.Equal([4 / 6.0, 1, 2], SoftmaxCrossEntropyLoss.BalancedWeights(new ClassLabels([0, 2, 0, 0], 3)));
        DataSet data = DataSet.FromVectors([.. Enumerable.Range(0, 40).Select(i => (float)(i % 7))], [1], [.. Enumerable.Range(0, 40).SelectMany(i => i % 4 == 0 ? new float[] { 0, 1 } : [1, 0])], 2);
        DataSet labelled = new(data.Features, new ClassLabels([.. Enumerable.Range(0, 40).Select(i => i % 4 == 0 ? 1 : 0)], 2));
        Trainer trainer = new(Network.Create([1], Layer.Dense(2)), new SoftmaxCrossEntropyLoss { LabelSmoothing = 0.1 }, new Sgd());
        TrainingOptions options = new() { Epochs = 1, ValidationFraction = 0, BalanceClasses = true };
        trainer.Fit(labelled, options);
        SoftmaxCrossEntropyLoss expected = new() { LabelSmoothing = 0.1, ClassWeights = [40 / 60.0, 2] };
        Assert.Equal(expected, trainer.Loss);
        // The model keeps them.
        using MemoryStream file = new();
        trainer.Network.Save(file);
        file.Position = 0;
        Network loaded = Network.Load(file);
        Assert.Equal((expected, true), (loaded.Loss, loaded.Training!.Options.BalanceClasses));
        Assert.Contains("needs class labels", Assert.Throws<ArgumentException>(() => trainer.Fit(data, options)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Trainer(trainer.Network, Loss.Quadratic, new Sgd()).Fit(labelled, options));
        // The next training is without again.
        trainer.Fit(labelled, options with { BalanceClasses = false });
        Assert.Equal(new SoftmaxCrossEntropyLoss { LabelSmoothing = 0.1 }, trainer.Loss);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SoftmaxCrossEntropyLoss { LabelSmoothing = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SoftmaxCrossEntropyLoss { LabelSmoothing = double.NaN });
        Assert.Throws<ArgumentException>(() => new SoftmaxCrossEntropyLoss { ClassWeights = [1, -1] });
        Assert.Throws<ArgumentException>(() => new SoftmaxCrossEntropyLoss { ClassWeights = [0, 0] });
        Assert.Throws<ArgumentException>(() => new SoftmaxCrossEntropyLoss { ClassWeights = [1, double.NaN] });
        SoftmaxCrossEntropyLoss two = new() { ClassWeights = [1, 2] };
        Assert.Contains("weights for 2 classes", Assert.Throws<ArgumentException>(() => two.ThrowUnlessFits(new ClassLabels([0, 1, 2], 3))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => two.Value(new float[3], new float[3], 1));
    }

    [Fact]
    public void Softmax_of_a_single_output_is_refused()
    {
        DataSet data = DataSet.FromVectors([1, 2, 3, 4], [1], [1, 1, 1, 1], 1);
        ArgumentException error = Assert.Throws<ArgumentException>(() => new Trainer(Network.Create([1], Layer.Dense(1)), Loss.SoftmaxCrossEntropy, new Sgd()).Fit(data));
        Assert.Contains("of a single output is 0 whatever it is", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(37, 3)]
    [InlineData(2000, 17)]
    [InlineData(1, 400_000)]
    public void The_value_alone_has_the_bits_of_the_value_beside_its_gradient(int rows, int width)
    {
        NumPyRandom random = new(8);
        float[] output = Numbers.Normal(random, rows * width), target = new float[rows * width];
        for (int row = 0; row < rows; row++)
        {
            target[row * width + row % width] = 1;
        }
        foreach (Loss loss in new[] { Loss.Quadratic, Loss.SoftmaxCrossEntropy })
        {
            Assert.Equal(loss.Evaluate(output, target, new float[output.Length], rows, rows, threads: 1), loss.Value(output, target, rows, threads: 1));
        }
    }
}
