using Nabla.Benchmarks.Training;

namespace Nabla.Benchmarks.Prediction;

/// <summary>
/// Images that a network recognises: scores and the class with the highest. Its weights are the first ones, since they
/// make no difference to the time.
/// </summary>
internal abstract class PredictionWorkload : Workload
{
    private readonly Lazy<Network> _network;

    protected PredictionWorkload() => _network = new Lazy<Network>(() =>
    {
        Network network = Nabla.Network.Create([28, 28], Layers);
        network.Initialize(new NumPyRandom(1));
        return network.FoldBatchNormalization();
    });

    public override string Unit => "images/s";

    public override IReadOnlyList<Peer> Peers => [Peer.Nabla, Peer.OnnxRuntime];

    /// <summary>Images of MNIST's test part that are recognised in one run.</summary>
    public abstract int Images { get; }

    public override double UnitsPerRun => Images;

    public override Cost Cost => new(Images * TrainingFlops.OfPrediction(Network));

    public Network Network => _network.Value;

    protected abstract LayerSpec[] Layers { get; }

    public override IContestant Start(Peer peer, int threads) => peer switch
    {
        Peer.Nabla => new NablaPrediction(this, threads),
        _ => new OnnxPrediction(this, threads),
    };

    /// <summary>What the check compares: the classes of the first images, and the scores of the first one.</summary>
    public static double[] Figures(IEnumerable<int> classes, IEnumerable<float> scores) => [.. classes.Select(label => (double)label), .. scores.Select(score => (double)score)];
}
