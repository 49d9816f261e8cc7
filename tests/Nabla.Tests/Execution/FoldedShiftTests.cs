namespace Nabla.Tests.Execution;

/// <summary>Which places of standardised samples are left unshifted; <see cref="BatchPassTests"/> has what comes of it.</summary>
public sealed class FoldedShiftTests
{
    // Blank in three of four samples, in one, in none and always; the fourth place is constant.
    private static readonly FloatFeatures Features = new(
        [
            0, 1, 5, 7, 0,
            0, 0, 6, 7, 0,
            0, 3, 7, 7, 0,
            9, 4, 8, 7, 0,
        ], [5]);

    [Fact]
    public void Places_that_are_often_blank_are_not_shifted()
    {
        Network network = Create(Layer.Dense(3), new([2, 2, 6, 7, 0], [4, 2, 1, 1, 1]));
        Standardization figures = FoldedShift.For(network, Features)!.Preprocessing.Standardization!;
        Assert.Equal([0, 0, 6, 7, 0], figures.Mean);
        Assert.Equal([4, 2, 1, 1, 1], figures.Deviation);
    }

    [Fact]
    public void Figures_for_several_places_become_one_for_each()
    {
        Network network = Create(Layer.Dense(3), new([2], [4]));
        Standardization figures = FoldedShift.For(network, Features)!.Preprocessing.Standardization!;
        Assert.Equal([0, 0, 2, 2, 0], figures.Mean);
        Assert.Equal([4, 4, 4, 4, 4], figures.Deviation);
    }

    [Fact]
    public void Large_shifts_stay()
    {
        Assert.NotNull(FoldedShift.For(Create(Layer.Dense(3), new([7.9f], [1])), Features));
        Assert.Null(FoldedShift.For(Create(Layer.Dense(3), new([8.1f], [1])), Features));
    }

    [Fact]
    public void Nothing_is_done_where_nothing_can_be()
    {
        Assert.Null(FoldedShift.For(Create(Layer.Dense(3), null), Features));
        Assert.Null(FoldedShift.For(Create(Layer.Dense(3, bias: false), new([2], [4])), Features));
        Assert.Null(FoldedShift.For(Create(Layer.Dropout(), new([2], [4])), Features));
        Assert.Null(FoldedShift.For(Create(Layer.Dense(3), new([2], [4])), new FloatFeatures([1, 2, 3, 4, 5], [5])));
    }

    private static Network Create(LayerSpec first, Standardization? standardization)
    {
        Network network = Network.Create([5], first, Layer.Dense(2));
        network.Preprocessing = new() { Standardization = standardization };
        return network;
    }
}
