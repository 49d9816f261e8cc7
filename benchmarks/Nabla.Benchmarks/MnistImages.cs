namespace Nabla.Benchmarks;

/// <summary>The real MNIST images, read once: from the folder that NABLA_DATA names, or from the cache.</summary>
internal static class MnistImages
{
    private static readonly Lazy<TrainAndTest> Images = new(() => Mnist.Load());

    public static TrainAndTest All => Images.Value;

    public static DataSet Train => Images.Value.Train;

    public static DataSet Test => Images.Value.Test;
}
