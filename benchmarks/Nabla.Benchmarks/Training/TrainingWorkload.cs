using System.Text.Json.Nodes;
using TorchSharp;

namespace Nabla.Benchmarks.Training;

/// <summary>
/// Steps of training: forward, loss, backward, update of all weights by plain gradient descent. Batches are taken in the
/// order of the data, so that all programs see the same ones. The peers find them ready as floats and as slices of one
/// array; Nabla takes them from bytes, as its users do. The check compares the losses of the first steps and how far all
/// weights have moved by then (Euclidean distance), which shows a wrong learning rate where losses hardly change.
/// </summary>
internal abstract class TrainingWorkload : Workload
{
    private const int CheckedSteps = 6;
    private readonly Lazy<TrainingStart> _start;

    protected TrainingWorkload() => _start = new Lazy<TrainingStart>(() => new TrainingStart(this));

    public override string Unit => "steps/s";

    public override Cost Cost => new(TrainingFlops.OfStep(_start.Value.Network(dropout: 0), BatchSize));

    /// <summary>How many of MNIST's training images, from the first on.</summary>
    public abstract int Samples { get; }

    public abstract int BatchSize { get; }

    public abstract double LearningRate { get; }

    public abstract Loss Loss { get; }

    /// <summary>Rate of the dropout; in the check it is 0 for all, since everyone draws other numbers.</summary>
    public virtual double Dropout => 0;

    public virtual Preprocessing Preprocessing(Features images) => new();

    /// <summary>The network as Nabla has it.</summary>
    public abstract LayerSpec[] Layers(double dropout);

    /// <summary>The same step in TorchSharp; returns the loss.</summary>
    /// <param name="x">The images of the batch, each as <see cref="TorchShape"/>.</param>
    /// <param name="y">The classes of the batch: numbers for cross-entropy, one-hot rows for the squared error.</param>
    /// <param name="p">The parameters in Nabla's order, as <see cref="ChannelsFirst"/> has transposed them; the step changes them.</param>
    /// <param name="dropout">Rate of the dropout.</param>
    public abstract torch.Tensor TorchStep(torch.Tensor x, torch.Tensor y, torch.Tensor[] p, double dropout);

    /// <summary>Shape of one image in TorchSharp.</summary>
    public virtual long[] TorchShape => [784];

    /// <summary>A parameter for a program with channels first, where that makes a difference.</summary>
    public virtual (Shape Shape, float[] Values) ChannelsFirst(int index, (Shape Shape, float[] Values) parameter) => parameter;

    public override IContestant Start(Peer peer, int threads) => peer switch
    {
        Peer.Nabla => new NablaTraining(this, _start.Value, threads, CheckedSteps),
        Peer.TorchSharp => new TorchTraining(this, _start.Value, threads, CheckedSteps),
        _ => NumPy(_start.Value, threads),
    };

    private NumPyProcess NumPy(TrainingStart start, int threads)
    {
        JsonObject options = new()
        {
            ["batch"] = BatchSize,
            ["rate"] = LearningRate,
            ["dropout"] = Dropout,
            ["checked"] = CheckedSteps,
        };
        return new NumPyProcess(
            Name, threads, options,
            [
                ("x", [start.Samples, .. start.ImageShape], start.Inputs()), ("y", [start.Samples, 10], start.Targets()),
                .. start.Parameters.Select(parameter => ("parameter", parameter.Shape, parameter.Values)),
            ]);
    }
}
