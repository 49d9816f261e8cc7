namespace Nabla.Tests.Data;

public sealed class MnistFormTests
{
    private static readonly DataSet Digits = SyntheticDigits.Generate(200, seed: 3);

    [Fact]
    public void Digits_have_it_and_what_fills_the_image_or_is_off_its_middle_has_not()
    {
        ReadOnlySpan<byte> digit = ((ByteFeatures)Digits.Features)[0];
        Assert.True(MnistForm.Fits(digit));
        Assert.False(MnistForm.Fits(new byte[784]));
        byte[] moved = new byte[784], framed = digit.ToArray();
        digit[..^(2 * 28)].CopyTo(moved.AsSpan(2 * 28));
        Assert.False(MnistForm.Fits(moved));
        framed.AsSpan(0, 28).Fill(40);
        Assert.False(MnistForm.Fits(framed));
        byte[] full = new byte[784];
        for (int i = 0; i < full.Length; i++)
        {
            full[i] = (byte)(i / 28 is >= 1 and < 27 && i % 28 is >= 1 and < 27 ? 255 : 0);
        }
        Assert.False(MnistForm.Fits(full));
        Assert.Throws<ArgumentException>(() => MnistForm.Fits(new byte[783]));
    }

    [Theory]
    [InlineData(1f / 255)]
    [InlineData(16f / 255)]
    [InlineData(1f)]
    public void A_training_remembers_it_whatever_the_range(float unit)
    {
        float[] values = [.. ((ByteFeatures)Digits.Features).Values.ToArray().Select(level => MathF.Round(level * unit * 1024) / 1024)];
        Preprocessing learnt = Train(new DataSet(new FloatFeatures(values, [28, 28]), Digits.Targets));
        Assert.True(learnt.HasMnistForm);
        Assert.True(learnt.InkOnPaper);
    }

    [Fact]
    public void Images_that_fill_their_frame_are_ink_but_have_another_form()
    {
        // Clothes, as Fashion-MNIST has them: solid, from the top to the bottom, on black.
        byte[] pixels = new byte[200 * 784];
        for (int i = 0; i < pixels.Length; i++)
        {
            int x = i % 28, y = i / 28 % 28, image = i / 784;
            pixels[i] = (byte)(y is >= 1 and < 27 && Math.Abs(x - 13.5) < 5 + image % 5 ? 100 + image % 150 : 0);
        }
        Preprocessing learnt = Train(DataSet.FromImages(pixels, [28, 28], [.. Enumerable.Range(0, 200).Select(i => i % 10)], 10));
        Assert.False(learnt.HasMnistForm);
        Assert.True(learnt.InkOnPaper);
    }

    private static Preprocessing Train(DataSet data)
    {
        Network network = Network.Create([28, 28], Layer.Dense(10));
        new Trainer(network, Loss.SoftmaxCrossEntropy, new Adam()).Fit(data, new TrainingOptions { Epochs = 1 });
        return network.Preprocessing;
    }
}
