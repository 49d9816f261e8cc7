using Nabla.Tests.Numerics;

namespace Nabla.Tests.Training;

/// <summary>What is done to gradients between the backward pass and the optimiser: accumulation, penalties, clipping, decay.</summary>
public sealed class GradientOptionTests
{
    private static readonly TrainingOptions InOrder = new() { Epochs = 2, Order = SampleOrder.AsGiven, ValidationFraction = 0 };

    [Fact]
    public void Batches_that_are_accumulated_move_the_weights_as_one_large_one()
    {
        // 60 samples as 3 · 20, and 70 as 3 · 20 and a smaller batch at the end of the epoch.
        foreach (int samples in new[] { 60, 70 })
        {
            float[] whole = Train(samples, InOrder with { BatchSize = 60 }, new Sgd { LearningRate = 0.3 });
            float[] parts = Train(samples, InOrder with { BatchSize = 20, AccumulationSteps = 3 }, new Sgd { LearningRate = 0.3 });
            Numbers.AssertClose([.. whole.Select(value => (double)value)], parts, $"{samples} samples");
        }
        // 50 samples as 20, 20 and 10: the small batch counts half.
        Numbers.AssertClose(
            [.. Train(50, InOrder with { BatchSize = 50 }, new Adam()).Select(value => (double)value)],
            Train(50, InOrder with { BatchSize = 20, AccumulationSteps = 7 }, new Adam()), "an epoch as one move");
    }

    [Fact]
    public void Each_batch_is_a_step_and_the_last_of_them_moves()
    {
        List<float> seen = [];
        Network network = Network.Create([20], Layer.Dense(4));
        Trainer trainer = new(network, Loss.SoftmaxCrossEntropy, new Sgd());
        trainer.StepCompleted += _ => seen.Add(network.Parameters[0]);
        trainer.Fit(Problems.Clusters(70), InOrder with { BatchSize = 20, AccumulationSteps = 2, Epochs = 1 });
        Assert.Equal(4, seen.Count);
        Assert.Equal((true, false, true, false), (seen[1] != seen[0], seen[2] != seen[1], seen[3] != seen[2], seen[3] == seen[0]));
    }

    [Fact]
    public void One_step_of_accumulation_changes_nothing()
    {
        Assert.Equal(Train(70, InOrder, new Sgd()), Train(70, InOrder with { AccumulationSteps = 1 }, new Sgd()));
        Assert.Equal(Train(70, InOrder, new Sgd()), Train(70, InOrder with { L2 = 0 }, new Sgd { WeightDecay = 0 }));
    }

    [Fact]
    public void L2_adds_to_the_gradients_of_weights_alone()
    {
        Network network = Network.Create([3], Layer.Dense(4), Layer.Dense(2));
        for (int i = 0; i < network.Parameters.Length; i++)
        {
            network.Parameters[i] = i + 1;
        }
        float[] gradient = [.. Enumerable.Repeat(10f, network.Parameters.Length)];
        new L2Regularization(0.5).Apply(gradient, network);
        foreach (Parameter parameter in network.Layers.SelectMany(layer => layer.Parameters))
        {
            for (int i = 0; i < parameter.Shape.Size; i++)
            {
                Assert.Equal(parameter.Role == ParameterRole.Weight ? 10 + 0.5f * (parameter.Offset + i + 1) : 10, parameter.Of(gradient)[i]);
            }
        }
    }

    [Fact]
    public void Options_do_what_transforms_do()
    {
        DataSet data = Problems.Clusters(70);
        Network network = Network.Create([20], Layer.Dense(9, Activation.ReLU), Layer.Dense(4));
        Trainer trainer = new(network, Loss.SoftmaxCrossEntropy, new Sgd());
        trainer.GradientTransforms.Add(new L2Regularization(0.01));
        trainer.GradientTransforms.Add(new GradientClipping(0.1));
        trainer.Fit(data, InOrder);
        float[] byOptions = Train(70, InOrder with { L2 = 0.01, ClipGradientNorm = 0.1 }, new Sgd(), hidden: 9);
        Assert.Equal(network.Parameters.ToArray(), byOptions);
        Assert.NotEqual(Train(70, InOrder, new Sgd(), hidden: 9), byOptions);
    }

    [Fact]
    public void Decay_in_a_training_is_that_of_weights()
    {
        // With gradients of nearly nothing, a rate of 0.1 and a decay of 0.5 a step keeps 0.95 of each weight.
        Network network = Network.Create([20], Layer.Dense(4));
        network.Parameters.Fill(1);
        network.MarkInitialized();
        Trainer trainer = new(network, Loss.SoftmaxCrossEntropy, new Sgd { LearningRate = 0.1, WeightDecay = 0.5 });
        trainer.GradientTransforms.Add(new Nothing());
        trainer.Fit(Problems.Clusters(70), InOrder with { Epochs = 1, BatchSize = 35 });
        Assert.All(network.Layers[0].Parameters[0].Of(network.Parameters).ToArray(), weight => Assert.Equal(0.9025f, weight, 1e-6f));
        Assert.All(network.Layers[0].Parameters[1].Of(network.Parameters).ToArray(), bias => Assert.Equal(1f, bias));
    }

    [Fact]
    public void A_recipe_has_them_and_a_model_keeps_them()
    {
        Recipe recipe = Recipe.Parse("""
            { "name": "x", "layers": [ { "type": "dense", "units": 10 } ], "optimizer": { "type": "lion", "weightDecay": 0.3 },
              "training": { "epochs": 1, "l2": 0.001, "clipGradientNorm": 2, "accumulationSteps": 3, "schedule": { "type": "warm-up", "steps": 5, "then": { "type": "one-cycle", "form": "Linear" } } } }
            """, "x");
        Assert.Equal(recipe.ToJson(), Recipe.Parse(recipe.ToJson(), "again").ToJson());
        Network network = recipe.Train(SyntheticDigits.Load());
        using MemoryStream file = new();
        network.Save(file);
        file.Position = 0;
        TrainingRecord kept = Network.Load(file).Training!;
        Assert.Equal((0.001, 2, 3), (kept.Options.L2, kept.Options.ClipGradientNorm!.Value, kept.Options.AccumulationSteps!.Value));
        Assert.Equal(new Lion { WeightDecay = 0.3 }, kept.Optimizer);
        Assert.Equal(Schedule.WarmUp(5, Schedule.OneCycle(form: RateCurve.Linear)), kept.Options.Schedule);
    }

    private static float[] Train(int samples, TrainingOptions options, Optimizer optimizer, int? hidden = null)
    {
        Network network = Network.Create([20], hidden is int units ? [Layer.Dense(units, Activation.ReLU), Layer.Dense(4)] : [Layer.Dense(4)]);
        new Trainer(network, Loss.SoftmaxCrossEntropy, optimizer).Fit(Problems.Clusters(samples), options);
        return network.Parameters.ToArray();
    }

    private sealed class Nothing : GradientTransform
    {
        public override void Apply(Span<float> gradient, Network network) => gradient.Clear();
    }
}
