namespace Nabla.Tests.Data;

public sealed class PreprocessingTests
{
    [Fact]
    public void Levels_of_a_picture_come_in_as_training_samples_did()
    {
        byte[] levels = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        foreach (float divisor in new float[] { 255, 256, 1 })
        {
            // A network of bytes gets the bits of bytes.
            Preprocessing bytes = new() { ByteDivisor = divisor };
            Assert.Equal(Copied(bytes, new ByteFeatures(levels, [16, 16])), FromLevels(bytes, levels));
            Preprocessing remembered = bytes.Remembering(Data(new ByteFeatures(levels, [16, 16])));
            Assert.Equal(Copied(bytes, new ByteFeatures(levels, [16, 16])), FromLevels(remembered, levels));
        }
        Check([0, 0.5f, 1, 1], 0, 1);
        Check([0, 255, 7.5f, 0], 0, 1);
        Check([0, 16, 8, 0], 0, 1);
        Check([-1, 1, 0, 0], -1, 1);
        Check([-0.4f, 2.8f, 0, 0], -0.4f, 2.8f);

        void Check(float[] values, float low, float high)
        {
            DataSet data = Data(new FloatFeatures(values, [2, 2]));
            Preprocessing trained = new Preprocessing().For(data).Remembering(data);
            float[] seen = FromLevels(trained, [0, 51, 255]);
            Assert.Equal(low, seen[0], 1e-5f);
            Assert.Equal(low + (high - low) / 5, seen[1], 1e-5f);
            Assert.Equal(high, seen[2], 1e-5f);
        }
    }

    [Fact]
    public void Samples_of_another_range_are_brought_to_that_of_the_training()
    {
        Preprocessing bytes = Trained(new ByteFeatures([0, 255, 3, 4], [2, 2])), centred = Trained(new FloatFeatures([-1, 1, 0, 0], [2, 2])), sixteen = Trained(new ByteFeatures([0, 16, 3, 4], [2, 2]));
        // As they were.
        foreach ((Preprocessing model, Features same) in new (Preprocessing, Features)[]
        {
            (bytes, new ByteFeatures([0, 200, 3, 4], [2, 2])), (bytes, new FloatFeatures([0, 1, 0.5f, 0], [2, 2])), (bytes, new ByteFeatures([0, 0, 0, 0], [2, 2])),
            (centred, new FloatFeatures([-0.9f, 0.8f, 0, 0], [2, 2])), (sixteen, new ByteFeatures([0, 15, 3, 4], [2, 2])), (sixteen, new FloatFeatures([0, 16, 3, 4], [2, 2])),
            (new Preprocessing(), new FloatFeatures([-5, 1000, 0, 0], [2, 2])), (bytes, new FloatFeatures([-5, 1000, 0, 0], [4])),
        })
        {
            (Features features, string? note) = model.Match(same);
            Assert.Same(same, features);
            Assert.Null(note);
        }
        Becomes(bytes, new ByteFeatures([0, 1, 1, 0], [2, 2]), [0, 1, 1, 0], "the samples have values 0 to 1: 0 to 1 became 0 to 1, which the model takes");
        Becomes(bytes, new FloatFeatures([0, 255, 127.5f, 0], [2, 2]), [0, 1, 0.5f, 0], "the samples have values 0 to 255: 0 to 255 became 0 to 1, which the model takes");
        Becomes(bytes, new ByteFeatures([0, 16, 8, 0], [2, 2]), [0, 1, 0.5f, 0], "the samples have values 0 to 16: 0 to 16 became 0 to 1, which the model takes");
        Becomes(bytes, new FloatFeatures([-1, 1, 0, -1], [2, 2]), [0, 1, 0.5f, 0], "the samples have values -1 to 1: -1 to 1 became 0 to 1, which the model takes");
        Becomes(new Preprocessing(), new ByteFeatures([0, 1, 1, 0], [2, 2]), [0, 1, 1, 0], "the samples have values 0 to 1: 0 to 1 became 0 to 1, which the model takes");
        Becomes(centred, new ByteFeatures([0, 255, 51, 0], [2, 2]), [-1, 1, -0.6f, -1], "the samples have values 0 to 255: 0 to 255 became -1 to 1, which the model takes");
        Becomes(centred, new FloatFeatures([0, 1, 0.2f, 0], [2, 2]), [-1, 1, -0.6f, -1], "the samples have values 0 to 1: 0 to 1 became -1 to 1, which the model takes");
        Becomes(sixteen, new ByteFeatures([0, 255, 51, 0], [2, 2]), [0, 1, 0.2f, 0], "the samples have values 0 to 255: 0 to 255 became 0 to 1, which the model takes");
        Becomes(sixteen, new FloatFeatures([0, 1, 0.2f, 0], [2, 2]), [0, 1, 0.2f, 0], "the samples have values 0 to 1: 0 to 1 became 0 to 1, which the model takes");

        (Features given, _) = bytes.Match(new ByteFeatures([0, 200, 100, 0], [2, 2]), 200);
        Assert.Equal([0, 1, 0.5f, 0], Copied(bytes, given));

        Assert.Equal("the samples have values -5 to 3, but the model takes 0 to 1; scale them as those that it was trained on.",
            Assert.Throws<ArgumentException>(() => bytes.Match(new FloatFeatures([-5, 3, 0, 0], [2, 2]))).Message);
        Assert.Equal("the samples have values -100 to 100, but the model takes -1 to 1; scale them as those that it was trained on.",
            Assert.Throws<ArgumentException>(() => centred.Match(new FloatFeatures([-100, 100, 0, 0], [2, 2]))).Message);

        static void Becomes(Preprocessing model, Features samples, float[] expected, string note)
        {
            (Features features, string? said) = model.Match(samples);
            Assert.Equal(note, said);
            float[] seen = Copied(model, features);
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.Equal(expected[i], seen[i], 1e-6f);
            }
        }
    }

    [Fact]
    public void A_model_remembers_its_samples()
    {
        DataSet data = SyntheticDigits.Generate(200, seed: 3);
        Network network = Network.Create([28, 28], [Layer.Dense(10)]);
        new Trainer(network, Loss.SoftmaxCrossEntropy, new Adam()).Fit(data, new TrainingOptions { Epochs = 1 });
        Assert.Equal(new ValueRange(0, 1), network.Preprocessing.Values);
        Assert.True(network.Preprocessing.InkOnPaper);
        using TemporaryFolder folder = new();
        network.Save(folder["model.safetensors"]);
        Network loaded = Network.Load(folder["model.safetensors"]);
        Assert.Equal(network.Preprocessing, loaded.Preprocessing);

        // As files were before.
        network.Preprocessing = network.Preprocessing with { Values = null, InkOnPaper = null };
        network.Save(folder["model.safetensors"]);
        Assert.Null(Network.Load(folder["model.safetensors"]).Preprocessing.InkOnPaper);
        network.Training = network.Training! with { Data = "MNIST, verified" };
        network.Save(folder["model.safetensors"]);
        Assert.True(Network.Load(folder["model.safetensors"]).Preprocessing.InkOnPaper);
        Assert.Equal(new ValueRange(0, 1), Network.Load(folder["model.safetensors"]).Preprocessing.Values);
    }

    [Fact]
    public void A_background_is_one_of_all_classes()
    {
        byte[] dark = [.. Enumerable.Range(0, 36).Select(i => i is 14 or 15 or 20 ? (byte)250 : (byte)3)], light = [.. dark.Select(value => (byte)(255 - value))], varied = [.. Enumerable.Range(0, 36).Select(i => (byte)(i * 7))];
        Assert.Equal(ImageBackground.Dark, Of([dark, dark, dark, dark], [0, 0, 1, 1]));
        Assert.Equal(ImageBackground.Light, Of([light, light, light, light], [0, 0, 1, 1]));
        // A class that is bright at its rim.
        Assert.Equal(ImageBackground.Varied, Of([dark, dark, light, light], [0, 0, 1, 1]));
        Assert.Equal(ImageBackground.Varied, Of([varied, varied, dark, dark], [0, 0, 1, 1]));
        Assert.Equal(ImageBackground.Light, Of([.. Enumerable.Repeat(light, 19), varied], [.. Enumerable.Range(0, 20)]));
        Assert.Equal(ImageBackground.Varied, ImageBackgrounds.Of(new ByteFeatures(new byte[36], [36]), null));
        Assert.Equal(ImageBackground.Varied, ImageBackgrounds.Of(new ByteFeatures([.. dark, .. dark, .. dark], [6, 6, 3]), null));
        Assert.Equal(dark, ((ByteFeatures)ImageBackgrounds.Invert(new ByteFeatures(light, [6, 6]))).Values.ToArray());
        Assert.Equal([0.25f, 1, 0, 0.5f], ((FloatFeatures)ImageBackgrounds.Invert(new FloatFeatures([0.75f, 0, 1, 0.5f], [2, 2]))).Values.ToArray());

        static ImageBackground Of(byte[][] images, int[] labels) =>
            ImageBackgrounds.Of(new ByteFeatures([.. images.SelectMany(image => image)], [6, 6]), new ClassLabels(labels, labels.Max() + 1));
    }

    private static Preprocessing Trained(Features features) => new Preprocessing().For(Data(features)).Remembering(Data(features));

    private static DataSet Data(Features features) => new(features, new ClassLabels(new int[features.Count], 2));

    private static float[] FromLevels(Preprocessing preprocessing, byte[] levels)
    {
        float[] floats = new float[levels.Length], seen = new float[levels.Length];
        preprocessing.FromLevels(levels, floats);
        preprocessing.Copy(floats, seen);
        return seen;
    }

    private static float[] Copied(Preprocessing preprocessing, Features features)
    {
        float[] seen = new float[features.SampleShape.Size];
        preprocessing.CopyPart(features, 0, 0, seen);
        return seen;
    }
}
