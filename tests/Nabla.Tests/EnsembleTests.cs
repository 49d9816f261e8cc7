using Nabla.Tests.Numerics;
using Nabla.Tests.Training;

namespace Nabla.Tests;

public sealed class EnsembleTests
{
    [Fact]
    public void An_ensemble_answers_with_the_mean_of_its_members_probabilities_and_is_saved_as_one_model()
    {
        Network[] members = [Member([Layer.Dense(7, Activation.ReLU) with { Name = "a" }, Layer.Dense(7) with { Inputs = ["a"] }, Layer.Dense(4) with { Name = "out" }], 1),
            Member([Layer.Residual(Layer.Dense(20, Activation.Tanh) with { Name = "inner" }), Layer.BatchNormalization(), Layer.Dense(4)], 2), Member([Layer.Dense(4)], 3)];
        Network ensemble = Network.Ensemble(members);
        DataSet data = Problems.Clusters(50);
        float[] scores = ensemble.Score(data.Features);
        float[][] own = [.. members.Select(member => member.Score(data.Features))];
        Numbers.AssertClose([.. scores.Select((_, i) => own.Average(each => (double)each[i]))], scores, "probabilities");

        using TemporaryFolder folder = new();
        ensemble.Save(folder["ensemble.safetensors"]);
        Network loaded = Network.Load(folder["ensemble.safetensors"]);
        Assert.Equal(scores, loaded.Score(data.Features));
        Assert.Equal(ensemble.Evaluate(data).ToString(), loaded.Evaluate(data).ToString());
        Assert.Equal(ensemble.Predict(((FloatFeatures)data.Features).Values[..20]), loaded.Predict(data.Features)[0]);
    }

    [Fact]
    public void It_can_be_trained_on() => GradientCheck.Network(Network.Ensemble(Member([Layer.Dense(4)], 1), Member([Layer.Dense(5, Activation.Tanh), Layer.Dense(4)], 2))).ThrowIfWrong();

    [Fact]
    public void An_ensemble_of_ensembles_keeps_their_names_apart()
    {
        Network inner = Network.Ensemble(Member([Layer.Dense(4)], 1), Member([Layer.Dense(4)], 2));
        Network outer = Network.Ensemble(inner, inner, Member([Layer.Dense(4)], 3));
        Assert.Equal(8, outer.Layers.Count);
        Assert.Equal(2 * inner.Parameters.Length + 84, outer.Parameters.Length);
    }

    [Fact]
    public void A_class_that_nobody_thinks_possible_has_a_finite_loss()
    {
        Network[] members = [Member([Layer.Dense(2)], 1, inputs: 1), Member([Layer.Dense(2)], 2, inputs: 1)];
        foreach (Network member in members)
        {
            ((ReadOnlySpan<float>)[1000, -1000, 0, 0]).CopyTo(member.Parameters);
        }
        Network ensemble = Network.Ensemble(members);
        DataSet data = new(new FloatFeatures([1, -1], [1]), new ClassLabels([1, 1], 2));
        Assert.True(double.IsFinite(ensemble.Evaluate(data).Loss));
        Assert.Equal(1, ensemble.Evaluate(data).Correct);
    }

    [Fact]
    public void What_does_not_go_together_is_refused()
    {
        Network member = Member([Layer.Dense(4)], 1);
        Refused("at least two", member);
        Refused("Network 2 of the ensemble takes samples of 3", member, Member([Layer.Dense(4)], 1, inputs: 3));
        Refused("tells 5 classes apart", member, Member([Layer.Dense(5)], 1));
        Refused("no weights", member, Network.Create([20], Layer.Dense(4)));
        Network other = Member([Layer.Dense(4)], 1);
        other.Loss = Loss.Quadratic;
        Refused("softmax cross-entropy", member, other);
        Network named = Member([Layer.Dense(4)], 1);
        named.ClassNames = ["a", "b", "c", "d"];
        Refused("other names", member, named);
        Network divided = Member([Layer.Dense(4)], 1);
        divided.Preprocessing = new Preprocessing { ByteDivisor = 1 };
        Refused("preprocesses", member, divided);

        static void Refused(string reason, params Network[] members) => Assert.Contains(reason, Assert.Throws<ArgumentException>(() => Network.Ensemble(members)).Message);
    }

    private static Network Member(LayerSpec[] layers, uint seed, int inputs = 20)
    {
        Network network = Network.Create([inputs], layers);
        network.Initialize(new NumPyRandom(seed));
        network.Loss = Loss.SoftmaxCrossEntropy;
        return network;
    }
}
