namespace Nabla.Benchmarks.Prediction;

/// <summary>Prediction as a user of Nabla does it: from bytes, one image or many.</summary>
internal sealed class NablaPrediction(PredictionWorkload workload, int threads) : InProcessContestant
{
    private readonly ByteFeatures _images = (ByteFeatures)MnistImages.Test.Slice(0, 10_000).Features;

    public override double[] Check()
    {
        float[] scores = new float[10];
        workload.Network.Score(_images[0], scores);
        int images = Math.Min(workload.Images, 100);
        return PredictionWorkload.Figures(Enumerable.Range(0, images).Select(image => workload.Network.Predict(_images[image]).Label), scores);
    }

    protected override void Repeat(int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (workload.Images == 1)
            {
                workload.Network.Predict(_images[i % _images.Count]);
            }
            else
            {
                workload.Network.Predict(_images, threads);
            }
        }
    }
}
