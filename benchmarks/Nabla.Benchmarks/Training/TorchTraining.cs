using TorchSharp;

namespace Nabla.Benchmarks.Training;

/// <summary>
/// Training in TorchSharp, with updates in place. Everything a step makes is disposed of at its end; batches are slices
/// made beforehand.
/// </summary>
internal sealed class TorchTraining : InProcessContestant
{
    private readonly TrainingWorkload _workload;
    private readonly TrainingStart _start;
    private readonly int _checkedSteps;
    private readonly DisposeScope _scope = torch.NewDisposeScope();
    private readonly (torch.Tensor X, torch.Tensor Y)[] _batches;
    private readonly torch.Tensor[] _parameters;
    private int _next;

    public TorchTraining(TrainingWorkload workload, TrainingStart start, int threads, int checkedSteps)
    {
        torch.set_num_threads(threads);
        _workload = workload;
        _start = start;
        _checkedSteps = checkedSteps;
        int batch = workload.BatchSize;
        torch.Tensor x = torch.tensor(start.Inputs(), [start.Samples, .. workload.TorchShape]);
        torch.Tensor y = torch.tensor(start.Targets(), [start.Samples, 10]);
        if (workload.Loss is SoftmaxCrossEntropyLoss)
        {
            y = y.argmax(1); // class numbers, as its cross-entropy likes them best
        }
        _batches = [.. Enumerable.Range(0, start.Samples / batch).Select(i => (x.narrow(0, i * batch, batch), y.narrow(0, i * batch, batch)))];
        _parameters = FirstParameters();
    }

    public override double[] Check()
    {
        torch.Tensor[] parameters = FirstParameters();
        double[] losses = [.. Enumerable.Range(0, _checkedSteps).Select(i => Step(parameters, _batches[i % _batches.Length], dropout: 0, wantLoss: true))];
        double moved = parameters.Zip(FirstParameters(), (after, before) => (after - before).to(torch.float64).square().sum().item<double>()).Sum();
        return [.. losses, Math.Sqrt(moved)];
    }

    public override void Dispose()
    {
        _scope.Dispose();
        base.Dispose();
    }

    protected override void Repeat(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Step(_parameters, _batches[_next++ % _batches.Length], _workload.Dropout, wantLoss: false);
        }
    }

    private double Step(torch.Tensor[] parameters, (torch.Tensor X, torch.Tensor Y) batch, double dropout, bool wantLoss)
    {
        using DisposeScope step = torch.NewDisposeScope();
        torch.Tensor loss = _workload.TorchStep(batch.X, batch.Y, parameters, dropout);
        return wantLoss ? loss.item<float>() : 0;
    }

    private torch.Tensor[] FirstParameters() =>
    [
        .. _start.Parameters.Select((parameter, index) =>
        {
            (Shape shape, float[] values) = _workload.ChannelsFirst(index, parameter);
            return torch.tensor(values, [.. shape.Select(extent => (long)extent)], requires_grad: true);
        }),
    ];
}
