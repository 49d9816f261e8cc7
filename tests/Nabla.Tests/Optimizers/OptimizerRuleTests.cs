using Nabla.Tests.Numerics;

namespace Nabla.Tests.Optimizers;

/// <summary>Every optimiser against its published rule, written here in double precision.</summary>
[Collection(Alone.Name)]
public sealed class OptimizerRuleTests
{
    private const int Steps = 60;

    public static TheoryData<Optimizer> All() =>
    [
        new Sgd { LearningRate = 0.05 },
        new Sgd { LearningRate = 0.05, Momentum = 0.9 },
        new Sgd { LearningRate = 0.05, Momentum = 0.9, Nesterov = true },
        new Sgd { LearningRate = 0.05, Nesterov = true },
        new Adam { LearningRate = 0.01 },
        new Adam { LearningRate = 0.01, Beta1 = 0.8, Beta2 = 0.95, Epsilon = 0.1 },
        new Adam { LearningRate = 0.01, Beta1 = 0, Beta2 = 0 },
        new Sgd { LearningRate = 0.05, WeightDecay = 0.4 },
        new Sgd { LearningRate = 0.05, Momentum = 0.9, Nesterov = true, WeightDecay = 0.4 },
        new Lion { LearningRate = 0.01 },
        new Lion { LearningRate = 0.01, Beta1 = 0.6, Beta2 = 0.8, WeightDecay = 0.5 },
        new AdamW { LearningRate = 0.01 },
        new AdamW { LearningRate = 0.02, Beta1 = 0.7, Beta2 = 0.99, Epsilon = 0.01, WeightDecay = 0.8 },
    ];

    [Theory]
    [MemberData(nameof(All))]
    public void Follows_the_published_rule(Optimizer optimizer)
    {
        const int Count = 37;
        NumPyRandom random = new(11);
        float[] parameters = Numbers.Normal(random, Count);
        double[] expected = [.. parameters.Select(value => (double)value)];
        Func<double[], double, double[]> rule = Rule(optimizer, Count);
        OptimizerState state = optimizer.Start(Count);
        for (int step = 0; step < Steps; step++)
        {
            // Gradients of different sizes, some zero; and a learning rate that changes on the way.
            float[] gradient = Numbers.Normal(random, Count, deviation: step % 7 == 0 ? 3 : 0.1);
            gradient[5] = 0;
            double rate = optimizer.LearningRate * (1 - 0.5 * step / Steps);
            GuardedBuffer guarded = new(parameters);
            state.Step(guarded.Contents, gradient, rate);
            Assert.True(guarded.IsIntact);
            parameters = guarded.Contents.ToArray();

            double[] change = rule([.. gradient.Select(value => (double)value)], rate);
            for (int i = 0; i < Count; i++)
            {
                expected[i] = (1 - rate * DecayOf(optimizer)) * expected[i] - change[i];
                // Sixty roundings of a number of about 1 and of the moments behind its steps.
                Assert.Equal(expected[i], parameters[i], 4e-6 * Math.Max(1, Math.Abs(expected[i])));
            }
        }
    }

    [Fact]
    public void Nesterov_and_plain_momentum_part()
    {
        float[] plain = [1], nesterov = [1];
        new Sgd { Momentum = 0.9 }.Start(1).Step(plain, [1], 0.1);
        new Sgd { Momentum = 0.9, Nesterov = true }.Start(1).Step(nesterov, [1], 0.1);
        Assert.Equal(0.9f, plain[0], 1e-6f);
        Assert.Equal(0.81f, nesterov[0], 1e-6f);
    }

    public static TheoryData<Optimizer> Decaying() => [new Sgd { WeightDecay = 0.5 }, new Sgd { WeightDecay = 0.5, Momentum = 0.9 }, new AdamW { WeightDecay = 0.5 }, new Lion { WeightDecay = 0.5 }];

    [Theory]
    [MemberData(nameof(Decaying))]
    public void Weight_decay_works_without_any_gradient(Optimizer optimizer)
    {
        float[] parameters = [2, -4];
        optimizer.Start(2).Step(parameters, [0, 0], 0.1);
        Assert.Equal([1.9f, -3.8f], parameters);
    }

    [Theory]
    [MemberData(nameof(Decaying))]
    public void Of_a_network_only_weights_decay(Optimizer optimizer)
    {
        Network network = Network.Create([3], Layer.Dense(4) with { LearningRateFactor = 0.5 }, new PlainScaleSpec(), Layer.Dense(2));
        network.Parameters.Fill(2);
        OptimizerState state = optimizer.Start(network.Parameters.Length);
        state.Step(network.Parameters, new float[network.Parameters.Length], 0.1, network.Layers);
        foreach (Layer layer in network.Layers)
        {
            foreach (Parameter parameter in layer.Parameters)
            {
                float expected = parameter.Role != ParameterRole.Weight ? 2 : layer.Spec.LearningRateFactor == 1 ? 1.9f : 1.95f;
                Assert.All(parameter.Of(network.Parameters).ToArray(), value => Assert.Equal(expected, value));
            }
        }
    }

    /// <summary>A layer whose parameter has the role of a scale.</summary>
    private sealed record PlainScaleSpec : LayerSpec
    {
        public override Layer Build(LayerBuilder builder) => new PlainScale(builder);
    }

    private sealed class PlainScale : Layer
    {
        public PlainScale(LayerBuilder builder) : base(builder, builder.InputShape) =>
            builder.AddParameter(ParameterRole.Scale, [OutputShape.Size], Initializer.Uniform(1, 1));

        public override void Forward(in LayerPass pass) => throw new NotSupportedException();

        public override void Backward(in LayerPass pass) => throw new NotSupportedException();
    }

    /// <summary>The sign alone decides: a step is as long whatever the gradient's size, and there is none without a gradient.</summary>
    [Fact]
    public void Lion_steps_by_the_sign()
    {
        float[] parameters = [1, 1, 1, 1];
        new Lion().Start(4).Step(parameters, [1e-20f, -3e6f, 0, float.NaN], 0.25);
        Assert.Equal([0.75f, 1.25f, 1, float.NaN], parameters);
    }

    private static double DecayOf(Optimizer optimizer) => optimizer switch { Sgd sgd => sgd.WeightDecay, AdamW adam => adam.WeightDecay, Lion lion => lion.WeightDecay, _ => 0 };

    [Theory]
    [MemberData(nameof(All))]
    public void Gives_the_same_bits_on_any_number_of_threads_and_however_many_parameters(Optimizer optimizer)
    {
        const int Count = 7 * 16_384 + 11;
        float[] expected = Train(Count, 1);
        foreach (int threads in new[] { 2, 3, 7 })
        {
            Numbers.AssertBits(expected, Train(Count, threads), $"{threads} threads");
        }
        // The step counter advances once per step: the first parameter does not notice how many others there are.
        Numbers.AssertBits(expected.AsSpan(0, 1), Train(1, 1), "one parameter");

        float[] Train(int count, int threads)
        {
            NumPyRandom random = new(12);
            float[] parameters = Numbers.Normal(random, Count)[..count];
            OptimizerState state = optimizer.Start(count);
            for (int step = 0; step < 3; step++)
            {
                state.Step(parameters, Numbers.Normal(random, Count).AsSpan(0, count), optimizer.LearningRate, threads);
            }
            return parameters;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Refuses_vectors_of_another_length(Optimizer optimizer)
    {
        OptimizerState state = optimizer.Start(5);
        Assert.Throws<ArgumentException>(() => state.Step(new float[4], new float[5], 0.1));
        Assert.Throws<ArgumentException>(() => state.Step(new float[5], new float[6], 0.1));
    }

    /// <summary>What a step subtracts from the parameters: Sutskever et al. 2013, Kingma and Ba 2015, Loshchilov and Hutter 2019, Chen et al. 2023.</summary>
    private static Func<double[], double, double[]> Rule(Optimizer optimizer, int count)
    {
        double[] m = new double[count], v = new double[count];
        int t = 0;
        return optimizer switch
        {
            Sgd sgd => (gradient, rate) => Each(i =>
            {
                m[i] = sgd.Momentum * m[i] + gradient[i];
                return rate * (sgd.Nesterov ? gradient[i] + sgd.Momentum * m[i] : m[i]);
            }),
            Lion lion => (gradient, rate) => Each(i =>
            {
                double sign = Math.Sign(lion.Beta1 * m[i] + (1 - lion.Beta1) * gradient[i]);
                m[i] = lion.Beta2 * m[i] + (1 - lion.Beta2) * gradient[i];
                return rate * sign;
            }),
            Adam adam => (gradient, rate) => Adaptive(gradient, rate, adam.Beta1, adam.Beta2, adam.Epsilon),
            AdamW adam => (gradient, rate) => Adaptive(gradient, rate, adam.Beta1, adam.Beta2, adam.Epsilon),
            _ => throw new ArgumentException(optimizer.ToString()),
        };

        double[] Adaptive(double[] gradient, double rate, double beta1, double beta2, double epsilon)
        {
            t++;
            return Each(i =>
            {
                m[i] = beta1 * m[i] + (1 - beta1) * gradient[i];
                v[i] = beta2 * v[i] + (1 - beta2) * gradient[i] * gradient[i];
                return rate * (m[i] / (1 - Math.Pow(beta1, t))) / (Math.Sqrt(v[i] / (1 - Math.Pow(beta2, t))) + epsilon);
            });
        }

        double[] Each(Func<int, double> change) => [.. Enumerable.Range(0, count).Select(change)];
    }
}
