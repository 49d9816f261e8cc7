using Nabla.Tests.Numerics;

namespace Nabla.Tests.Augmentations;

[Collection(Alone.Name)]
public sealed class TestTimeAugmentationTests
{
    private const int Views = 4;

    private static readonly Network Network = Trained();

    [Fact]
    public void One_view_is_what_the_network_says() =>
        Numbers.AssertBits(Network.Score(Images(30).Features), new TestTimeAugmentation(Network, 1).Score(Images(30).Features), "one view");

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Several_views_are_averaged(int threads)
    {
        Augmentation[] changes = [new AffineAugmentation { Rotation = 20, Shift = 3 }, new StrokeThicknessAugmentation()];
        DataSet images = Images(30);
        float[] scores = new TestTimeAugmentation(Network, Views, changes, seed: 7).Score(images.Features, threads);

        float[] plain = new float[784], changed = new float[784], own = new float[10], sum = new float[10];
        for (int row = 0; row < images.Count; row++)
        {
            for (int i = 0; i < plain.Length; i++)
            {
                plain[i] = ((ByteFeatures)images.Features)[row][i] / 255f;
            }
            Network.Score(plain, sum);
            for (int view = 1; view < Views; view++)
            {
                Augmentation.ApplyAll(changes, plain, [28, 28], changed, new SampleRandom(7, view, row));
                Network.Score(changed, own);
                for (int i = 0; i < own.Length; i++)
                {
                    sum[i] += own[i];
                }
            }
            for (int i = 0; i < own.Length; i++)
            {
                Assert.Equal(sum[i] / Views, scores[row * 10 + i], 1e-5f);
            }
        }
    }

    [Fact]
    public void An_evaluation_is_that_of_the_average()
    {
        DataSet images = Images(200);
        TestTimeAugmentation viewed = new(Network, Views);
        Evaluation evaluation = viewed.Evaluate(images);
        float[] scores = viewed.Score(images.Features);
        int[] labels = ((ClassLabels)images.Targets).Values.ToArray();
        double loss = 0;
        int correct = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            float[] own = scores[(row * 10)..(row * 10 + 10)];
            loss -= Math.Log(own[labels[row]]);
            correct += own.Max() == own[labels[row]] ? 1 : 0;
        }
        Assert.Equal(correct, evaluation.Correct);
        Assert.Equal(loss / labels.Length, evaluation.Loss, 1e-5);
        Assert.NotEqual(Network.Evaluate(images).Loss, evaluation.Loss);
    }

    [Fact]
    public void The_loss_of_one_view_is_the_networks_own_at_any_temperature()
    {
        DataSet images = Images(200);
        Network network = Trained();
        network.Temperature = 0.4;
        Assert.Equal(network.Evaluate(images).Loss, new TestTimeAugmentation(network, 1).Evaluate(images).Loss, 1e-4);
    }

    [Fact]
    public void What_cannot_be_viewed_is_refused()
    {
        Assert.Contains("mixes samples", Assert.Throws<ArgumentException>(() => new TestTimeAugmentation(Network, 2, [new MixupAugmentation()])).Message, StringComparison.Ordinal);
        Assert.Contains("are no images", Assert.Throws<ArgumentException>(() => new TestTimeAugmentation(Network.Create([20], Layer.Dense(4)), 2)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new TestTimeAugmentation(Network, 0));
    }

    private static DataSet Images(int count) => SyntheticDigits.Generate(count, seed: 11);

    /// <summary>One that standardises, so that a view that was standardised twice would show.</summary>
    private static Network Trained()
    {
        Network network = Network.Create([28, 28], Layer.Dense(16, Activation.ReLU), Layer.Dense(10));
        new Trainer(network, Loss.SoftmaxCrossEntropy, new Adam()).Fit(
            SyntheticDigits.Generate(500, seed: 1), new TrainingOptions { Epochs = 2, ValidationFraction = 0, Standardize = StandardizationScope.All });
        return network;
    }
}
