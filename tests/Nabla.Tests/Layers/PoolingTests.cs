namespace Nabla.Tests.Layers;

public sealed class PoolingTests
{
    [Fact]
    public void Greatest_and_average_by_hand()
    {
        float[] image =
        [
            1, 2, 5, 3, 9,
            4, 0, 1, -1, 9,
            -3, -4, 7, 7, 9,
            -2, -8, 7, 7, 9,
        ];
        // The last column fills no window.
        Assert.Equal([4f, 5f, -2f, 7f], Output(image, [4, 5], Layer.MaxPooling2D(2, 2)));
        Assert.Equal([1.75f, 2f, -4.25f, 7f], Output(image, [4, 5], Layer.AveragePooling2D(2, 2)));
        // Beyond the border there is nothing: the corner is the average of 1, 2, 4 and 0 alone.
        Assert.Equal([1.75f, 10 * (1f / 6), 5f, -13 * (1f / 6), 16 * (1f / 9), 40 * (1f / 6)], Output(image, [4, 5], Layer.AveragePooling2D(3, 3, stride: 2, padding: 1)));
        Assert.Equal([4f, 5f, 9f, 4f, 7f, 9f], Output(image, [4, 5], Layer.MaxPooling2D(3, 3, stride: 2, padding: 1)));
        // Read as pixels of two channels, which stay apart.
        Assert.Equal([9f, 7f], Output(image, [2, 5, 2], Layer.MaxPooling2D(2, 3)));
    }

    [Fact]
    public void Prints_itself()
    {
        Network network = Network.Create(
            [26, 26, 32], Layer.MaxPooling2D(2, 2), Layer.AveragePooling2D(3, 2, stride: 1, padding: 1), Layer.MaxPooling2D(2, 3));
        Assert.Equal("MaxPooling2D 26×26×32 → 13×13×32, 2×2", $"{network.Layers[0]}");
        Assert.Equal("AveragePooling2D 13×13×32 → 13×14×32, 3×2, stride 1, padding 1", $"{network.Layers[1]}");
        Assert.Equal("MaxPooling2D 13×14×32 → 6×4×32, 2×3", $"{network.Layers[2]}");
    }

    [Fact]
    public void What_cannot_be_is_refused_with_layer_and_sizes()
    {
        Assert.Equal("KernelHeight", Assert.Throws<ArgumentOutOfRangeException>(() => Layer.MaxPooling2D(0, 1)).ParamName);
        Assert.Equal("KernelWidth", Assert.Throws<ArgumentOutOfRangeException>(() => Layer.AveragePooling2D(1, -1)).ParamName);
        Assert.Equal("Stride", Assert.Throws<ArgumentOutOfRangeException>(() => Layer.MaxPooling2D(1, 1, stride: 0)).ParamName);
        Assert.Equal("Padding", Assert.Throws<ArgumentOutOfRangeException>(() => Layer.MaxPooling2D(1, 1, padding: -1)).ParamName);
        Assert.Equal(
            "maxpooling2d1: a window of 3×5 does not fit into an image of 4×4×1 with a padding of 0.",
            Assert.Throws<ArgumentException>(() => Network.Create([4, 4], Layer.MaxPooling2D(3, 5))).Message);
        Assert.Equal(
            "averagepooling2d1: a padding of 2 is more than half a window of 4×3; some windows would see none of the image.",
            Assert.Throws<ArgumentException>(() => Network.Create([4, 4], Layer.AveragePooling2D(4, 3, padding: 2))).Message);
        Assert.Throws<ArgumentException>(() => Network.Create([4], Layer.MaxPooling2D(1, 1)));
    }

    private static float[] Output(float[] image, Shape shape, LayerSpec layer)
    {
        Network network = Network.Create(shape, layer);
        Workspace workspace = new(network, 1, training: false);
        image.CopyTo(workspace.Input);
        network.Forward(workspace, 1);
        return workspace.Output.ToArray();
    }
}
