using Nabla.Numerics;
using Nabla.Tests.Numerics;

namespace Nabla.Tests;

[Collection(Alone.Name)]
public sealed class NetworkTests
{
    [Fact]
    public void One_sample_and_many_get_the_same_answers_and_they_are_those_of_the_forward_pass()
    {
        // 600 samples: more than go through at once.
        Network network = Digits();
        ByteFeatures images = Images(600);
        Prediction[] many = network.Predict(images, threads: 3);
        Workspace workspace = new(network, 1, training: false);
        float[] scores = new float[10];
        float[] all = network.Score(images, threads: 3);
        for (int i = 0; i < images.Count; i++)
        {
            images.CopyRow(i, 255, workspace.Input);
            network.Forward(workspace, 1);
            Assert.Equal(Prediction.FromScores(workspace.Output), many[i]);
            Assert.Equal(many[i], network.Predict(images[i]));
            Assert.Equal(many[i], network.Predict(workspace.Input));
            network.Score(images[i], scores);
            Numbers.AssertBits(workspace.Output, scores, "scores");
            network.Score(workspace.Input, scores);
            Numbers.AssertBits(workspace.Output, scores, "scores of floats");
            Numbers.AssertBits(workspace.Output, all.AsSpan(i * 10, 10), "scores of all");
        }
    }

    [Fact]
    public void A_regression_gives_its_answers_standardised_as_in_training()
    {
        Network network = Network.Create([2], Layer.Dense(2));
        new float[] { 1, 0, 0, 1, 10, 20 }.CopyTo(network.Parameters);
        network.MarkInitialized();
        network.Preprocessing = new Preprocessing { Standardization = new Standardization([100, 200], [1, 2]) };
        float[] answers = new float[2];
        network.Score([103f, 208f], answers);
        Assert.Equal([13, 24], answers);
        Assert.Equal([13, 24, 10, 20], network.Score(new FloatFeatures([103, 208, 100, 200], [2]), threads: 2));
        Assert.Empty(network.Score(new FloatFeatures([], [2])));
        Assert.Throws<ArgumentException>(() => network.Score(new float[3], answers));
        Assert.Throws<ArgumentException>(() => network.Score(new FloatFeatures([1], [1])));
        Assert.Equal(
            "The network puts out 2 = 2 scores, but there is room for 1.",
            Assert.Throws<ArgumentException>(() => network.Score(new float[2], new float[1])).Message);
    }

    [Fact]
    public void Weights_of_ones_own_are_measured_by_the_loss_that_is_set()
    {
        Network network = Network.Create([1], Layer.Dense(2, bias: false));
        new float[] { 3, 1 }.CopyTo(network.Parameters);
        network.MarkInitialized();
        DataSet data = DataSet.FromLabeledVectors([1], [1], [1], 2, ["cat", "dog"]);
        Assert.Equal((9 + 0) / 2.0, network.Evaluate(data).Loss);
        Assert.Equal(3, network.Predict([1f]).Confidence);
        network.Loss = Loss.SoftmaxCrossEntropy;
        double probability = 1 / (1 + Math.Exp(-2));
        Assert.Equal(-Math.Log(1 - probability), network.Evaluate(data).Loss, 1e-6);
        Assert.Equal(probability, network.Predict([1f]).Confidence, 1e-6);
    }

    [Fact]
    public void A_network_trained_with_cross_entropy_answers_with_probabilities()
    {
        Network network = Digits();
        ByteFeatures images = Images(1);
        float[] logits = new float[10], scores = new float[10];
        network.Score(images[0], logits);
        network.Loss = Loss.SoftmaxCrossEntropy;
        network.Score(images[0], scores);
        Assert.Equal(1, scores.Sum(), 1e-6f);
        double sum = logits.Sum(logit => Math.Exp(logit));
        Assert.All(scores.Zip(logits), pair => Assert.Equal(Math.Exp(pair.Second) / sum, pair.First, 1e-6));
        Assert.Equal(scores.Max(), network.Predict(images[0]).Confidence);
        Assert.Equal(scores.Order().ElementAt(8), network.Predict(images).Single().RunnerUpConfidence);
    }

    [Fact]
    public void Eight_threads_at_once_get_the_answers_of_one()
    {
        Network network = Digits();
        ByteFeatures images = Images(200);
        Prediction[] expected = network.Predict(images);
        int differences = 0;
        Thread[] threads = [.. Enumerable.Range(0, 8).Select(number => new Thread(() =>
        {
            for (int i = 0; i < images.Count; i++)
            {
                int image = (i * 7 + number * 25) % images.Count;
                if (network.Predict(images[image]) != expected[image])
                {
                    Interlocked.Increment(ref differences);
                }
            }
            if (!network.Predict(images, threads: 2).SequenceEqual(expected))
            {
                Interlocked.Increment(ref differences);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(0, differences);
    }

    [Fact]
    public void Predicting_allocates_nothing_once_it_has_run()
    {
        Network network = Digits();
        network.Loss = Loss.SoftmaxCrossEntropy;
        ByteFeatures images = Images(1);
        float[] sample = new float[784], scores = new float[10];
        Predict();
        AllocationCounter counter = new(threads: 2);
        counter.Total();
        // The least of some rounds: the runtime may allocate on this thread, too, when it compiles anew what is called often.
        long least = long.MaxValue;
        for (int round = 0; round < 50 && least > 0; round++)
        {
            long before = counter.Total();
            for (int i = 0; i < 50; i++)
            {
                Predict();
            }
            least = Math.Min(least, counter.Total() - before);
        }
        Assert.Equal(0, least);

        void Predict()
        {
            network.Predict(images[0]);
            network.Predict(sample);
            network.Score(images[0], scores);
            network.Score(sample, scores);
        }
    }

    [Fact]
    public void Samples_of_another_size_are_refused_with_layer_and_both_shapes()
    {
        Network network = Digits();
        const string Start = "The network takes samples of 28×28 = 784 values (Dense 784 → 40, ReLU  (31,400 parameters)), but got ";
        Assert.Equal(Start + "100 bytes.", Assert.Throws<ArgumentException>(() => network.Predict(new byte[100])).Message);
        Assert.Equal(Start + "785 numbers.", Assert.Throws<ArgumentException>(() => network.Predict(new float[785])).Message);
        Assert.Equal(Start + "10 bytes.", Assert.Throws<ArgumentException>(() => network.Score(new byte[10], new float[10])).Message);
        Assert.Equal(Start + "4 values.", Assert.Throws<ArgumentException>(() => network.Predict(new ByteFeatures(new byte[8], [2, 2]))).Message);
    }

    [Fact]
    public void A_network_without_weights_refuses_to_answer()
    {
        Network network = Network.Create([4], Layer.Dense(2));
        Assert.Throws<InvalidOperationException>(() => network.Predict(new byte[4]));
        Assert.Throws<InvalidOperationException>(() => network.Predict(new float[4]));
        Assert.Throws<InvalidOperationException>(() => network.Predict(new ByteFeatures(new byte[8], [4])));
        Assert.Throws<InvalidOperationException>(() => network.Evaluate(DataSet.FromImages(new byte[4], [4], [0], 2)));
        network.MarkInitialized();
        Assert.Equal(0, network.Predict(new byte[4]).Label);
    }

    [Fact]
    public void No_samples_no_answers() => Assert.Empty(Digits().Predict(new ByteFeatures([], [28, 28])));

    [Fact]
    public void Bytes_are_divided_as_the_preprocessing_says()
    {
        Network network = new(Network.Build([2], [Layer.Dense(1)])) { Preprocessing = new Preprocessing { ByteDivisor = 4 } };
        new float[] { 1, 10, 0 }.CopyTo(network.Parameters);
        network.MarkInitialized();
        Assert.Equal(20.5f, network.Predict([2, 8]).Confidence);
        Assert.Equal(20.5f, network.Predict(new ByteFeatures([2, 8], [2])).Single().Confidence);
    }

    [Fact]
    public void Prints_itself() =>
        Assert.Equal(
            "Dense 784 → 40, ReLU  (31,400 parameters)\nDense 40 → 10  (410 parameters)\n31,810 parameters in all",
            Digits().ToString().ReplaceLineEndings("\n"));

    [Fact]
    public void Refuses_to_be_made_of_nothing_or_too_much()
    {
        Assert.Throws<ArgumentException>(() => Network.Create([4]));
        Assert.Throws<ArgumentException>(() => Network.Create([4], Layer.Dense(int.MaxValue)));
        // Each layer fits, all together do not.
        Assert.Throws<ArgumentException>(() => Network.Create([30_000], Layer.Dense(60_000), Layer.Dense(30_000)));
    }

    [Theory]
    [InlineData(new[] { 1f }, 0, 1f, -1, 0f)]
    [InlineData(new[] { 1f, 3, 2 }, 1, 3f, 2, 2f)]
    [InlineData(new[] { 3f, 1, 2 }, 0, 3f, 2, 2f)]
    [InlineData(new[] { 5f, 5, 5 }, 0, 5f, 1, 5f)]
    [InlineData(new[] { -1f, -2, -3, 0 }, 3, 0f, 0, -1f)]
    [InlineData(new[] { float.NaN, 1, 2 }, 2, 2f, 1, 1f)]
    [InlineData(new[] { 2f, float.NaN, 1 }, 0, 2f, 2, 1f)]
    [InlineData(new[] { float.NaN, 1, float.NaN }, 1, 1f, 0, float.NaN)]
    [InlineData(new[] { float.NaN, float.NaN, float.NaN }, 0, float.NaN, 1, float.NaN)]
    public void The_two_highest_scores_are_found(float[] scores, int label, float confidence, int runnerUp, float runnerUpConfidence)
    {
        Assert.Equal(new Prediction(label, confidence, runnerUp, runnerUpConfidence), Prediction.FromScores(scores));
        Assert.Equal(label, Reductions.IndexOfMax(scores));
    }

    [Fact]
    public void Scores_that_do_not_fit_are_refused_with_both_numbers()
    {
        Network network = Digits();
        Assert.Equal(
            "The network puts out 10 = 10 scores, but there is room for 9.",
            Assert.Throws<ArgumentException>(() => network.Score(new byte[784], new float[9])).Message);
        network.Score(new byte[784], new float[11]);
    }

    internal static Network Digits()
    {
        Network network = Network.Create([28, 28], Layer.Dense(40, Activation.ReLU), Layer.Dense(10));
        network.Initialize(new NumPyRandom(1));
        return network;
    }

    private static ByteFeatures Images(int count)
    {
        NumPyRandom random = new(2);
        byte[] pixels = new byte[count * 784];
        foreach (ref byte pixel in pixels.AsSpan())
        {
            pixel = (byte)random.NextInt32(256);
        }
        return new ByteFeatures(pixels, [28, 28]);
    }
}
