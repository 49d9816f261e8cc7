using Nabla.Numerics;

namespace Nabla;

/// <summary>One training under way: its buffers, its place in the epoch, and the single step.</summary>
internal sealed class TrainingRun
{
    private readonly Network _network;
    private readonly Loss _loss;
    private readonly Optimizer _optimizer;
    private readonly OptimizerState _optimizerState;
    private readonly TrainingOptions _options;
    private readonly DataSet _data;
    private readonly ClassLabels? _labels;
    private readonly Workspace _workspace;
    private readonly float[] _targets;
    private readonly int[] _order;
    private readonly NumPyRandom _random;
    private readonly int _stepsPerEpoch;
    private readonly bool _hasLayerRates;
    private readonly double _leastLayerRate;
    private int _epoch;
    private int _step;
    private int _samplesDone;
    private double _lossSum;
    private int _correct;

    public TrainingRun(Network network, Loss loss, Optimizer optimizer, TrainingOptions options, DataSet data, NumPyRandom random)
    {
        _random = random;
        _network = network;
        _loss = loss;
        _optimizer = optimizer;
        _optimizerState = optimizer.Start(network.Parameters.Length);
        _options = options;
        _data = data;
        _labels = data.Targets as ClassLabels;
        // A batch larger than this goes through in pieces that add up their gradients: a batch of 60,000 needs no more
        // memory than one of 256, and since each sum goes on where it stopped, the bits are the same.
        int piece = Math.Min(Math.Min(options.BatchSize, data.Count), network.RowsAtOnce);
        _workspace = new Workspace(network, piece, training: true, options.Threads)
        {
            SharesFeatures = piece >= Math.Min(options.BatchSize, data.Count) && network.Layers[0] is Dense,
        };
        _targets = new float[piece * network.OutputShape.Size];
        int wholeBatches = data.Count / options.BatchSize;
        int batches = wholeBatches * options.BatchSize == data.Count || options.DropPartialBatch ? wholeBatches : wholeBatches + 1;
        _stepsPerEpoch = options.StepsPerEpoch ?? batches;
        _order = options.Order == SampleOrder.WithReplacement ? new int[options.BatchSize] : [.. Enumerable.Range(0, data.Count)];
        double[] factors = [.. network.Layers.Where(layer => layer.Parameters.Count > 0).Select(layer => layer.Spec.LearningRateFactor)];
        _hasLayerRates = factors.Any(factor => factor != 1);
        _leastLayerRate = factors.DefaultIfEmpty(0).Min();
    }

    /// <summary>Learning rate of the last step.</summary>
    public double LearningRate { get; private set; }

    public bool EpochIsDone => _step == _stepsPerEpoch;

    /// <summary>Mean loss of the epoch's samples so far.</summary>
    public double EpochLoss => _lossSum / _samplesDone;

    /// <summary>Share of the epoch's samples so far whose class was recognised; null for targets that are no classes.</summary>
    public double? EpochAccuracy => _labels is null ? null : (double)_correct / _samplesDone;

    /// <summary>Puts the samples into a new order, if they are to have one.</summary>
    public void StartEpoch(int epoch)
    {
        if (_options.Order == SampleOrder.Shuffled)
        {
            _random.Shuffle<int>(_order);
        }
        _epoch = epoch;
        _step = 0;
        _samplesDone = 0;
        _lossSum = 0;
        _correct = 0;
    }

    /// <summary>Forward, loss, backward and update for the next batch. The weights stay as they are when the loss is not finite.</summary>
    public StepResult Step()
    {
        ReadOnlySpan<int> batch = NextBatch();
        long stepInAll = (long)(_epoch - 1) * _stepsPerEpoch + _step;
        LearningRate = _options.Schedule.Rate(_optimizer.LearningRate, _epoch, stepInAll, (long)_options.Epochs * _stepsPerEpoch);
        double loss;
        if (batch.Length <= _workspace.Rows && _optimizer is Sgd { Momentum: 0 } && (float)(LearningRate * _leastLayerRate) > 0)
        {
            loss = Forward(batch, batch.Length);
            if (double.IsFinite(loss))
            {
                _network.BackwardAndDescend(_workspace, batch.Length, LearningRate);
            }
        }
        else
        {
            loss = 0;
            for (int start = 0; start < batch.Length; start += _workspace.Rows)
            {
                ReadOnlySpan<int> piece = batch.Slice(start, Math.Min(_workspace.Rows, batch.Length - start));
                loss += Forward(piece, batch.Length);
                _network.Backward(_workspace, piece.Length, start == 0 ? GradientUse.Replace : GradientUse.Add);
            }
            if (double.IsFinite(loss))
            {
                Update();
            }
        }
        _step++;
        _samplesDone += batch.Length;
        _lossSum += loss;
        return new StepResult(_epoch, _options.Epochs, _step, _stepsPerEpoch, batch.Length, loss / batch.Length, EpochLoss);
    }

    private ReadOnlySpan<int> NextBatch()
    {
        if (_options.Order == SampleOrder.WithReplacement)
        {
            _random.Choice(_data.Count, _order);
            return _order;
        }
        return _order.AsSpan(_samplesDone, Math.Min(_options.BatchSize, _order.Length - _samplesDone));
    }

    private void Update()
    {
        if (_hasLayerRates)
        {
            _optimizerState.Step(_network.Parameters, _workspace.Gradient, LearningRate, _network.Layers, _options.Threads);
        }
        else
        {
            _optimizerState.Step(_network.Parameters, _workspace.Gradient, LearningRate, _options.Threads);
        }
    }

    /// <summary>Computes outputs, and the gradient that goes back from them, of some of a batch's samples; returns the sum of their losses.</summary>
    private double Forward(ReadOnlySpan<int> samples, int batchSize)
    {
        int width = _network.OutputShape.Size;
        int values = samples.Length * width;
        Batch.Copy(_data, _network.Preprocessing, samples, _workspace.Input, _targets, _options.Threads, bySample: !_workspace.SharesFeatures);
        _network.Forward(_workspace, samples.Length, _random);
        ReadOnlySpan<float> output = _workspace.Output[..values];
        for (int row = 0; row < samples.Length && _labels is not null; row++)
        {
            if (Reductions.IndexOfMax(output.Slice(row * width, width)) == _labels.Values[samples[row]])
            {
                _correct++;
            }
        }
        return _loss.Evaluate(output, _targets.AsSpan(0, values), _workspace.OutputGradient[..values], samples.Length, divisor: batchSize, _options.Threads);
    }
}
