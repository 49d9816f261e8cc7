namespace Nabla;

/// <summary>One training under way: its buffers, its place in the epoch, and the single step.</summary>
internal sealed class TrainingRun
{
    private readonly Network _network;
    private readonly Optimizer _optimizer;
    private readonly OptimizerState _optimizerState;
    private readonly TrainingOptions _options;
    private readonly DataSet _data;
    private readonly ClassLabels? _labels;

    private readonly BatchPass _pass;
    private readonly IReadOnlyList<GradientTransform> _transforms;
    private readonly AccumulatedGradient? _accumulated;
    private readonly bool _mayDescendAtOnce;
    private readonly int[] _order;
    private readonly NumPyRandom _random;
    private readonly int _stepsPerEpoch;
    private readonly bool _hasLayerRates;
    private readonly double _minLayerRate;
    private int _epoch;
    private int _step;
    private int _samplesDone;
    private double _lossSum;
    private int _correct;

    /// <param name="network">The network.</param>
    /// <param name="loss">The loss to minimise.</param>
    /// <param name="optimizer">The rule by which gradients change the weights.</param>
    /// <param name="options">How long and in which portions.</param>
    /// <param name="data">Samples to learn from.</param>
    /// <param name="random">Where all random numbers come from.</param>
    /// <param name="transforms">What is done to gradients.</param>
    /// <param name="communicator">The processes that share batches.</param>
    public TrainingRun(
        Network network, Loss loss, Optimizer optimizer, TrainingOptions options, DataSet data, NumPyRandom random, IReadOnlyList<GradientTransform> transforms, ICommunicator communicator)
    {
        _random = random;
        _network = network;
        _optimizer = optimizer;
        _optimizerState = optimizer.Start(network.Parameters.Length);
        _options = options;
        _data = data;
        _labels = data.Targets as ClassLabels;
        _order = options.Order == SampleOrder.WithReplacement ? new int[options.BatchSize] : [.. Enumerable.Range(0, data.Count)];
        ExecutionPlan plan = ExecutionPlan.Of(network, options, data.Count);
        _pass = new BatchPass(network, loss, data, plan, options.Augmentation, communicator);
        _transforms = transforms;
        Average = options.AverageDecay is double decay ? new WeightAverage(network, decay) : null;
        _accumulated = options.AccumulationSteps > 1 ? new AccumulatedGradient(network.Parameters.Length, options.AccumulationSteps.Value, options.Threads) : null;
        int wholeBatches = data.Count / options.BatchSize;
        int batches = wholeBatches * options.BatchSize == data.Count || options.DropPartialBatch ? wholeBatches : wholeBatches + 1;
        _stepsPerEpoch = options.StepsPerEpoch ?? batches;
        double[] factors = [.. network.Layers.Where(layer => layer.Parameters.Count > 0).Select(layer => layer.Spec.LearningRateFactor)];
        _hasLayerRates = factors.Any(factor => factor != 1);
        _minLayerRate = factors.DefaultIfEmpty(0).Min();
        _mayDescendAtOnce = plan.MayDescendAtOnce && optimizer is Sgd { Momentum: 0, WeightDecay: 0 } && transforms.Count == 0 && _accumulated is null;
    }

    /// <summary>The average of the weights; null where none is wanted.</summary>
    public WeightAverage? Average { get; }

    /// <summary>The epoch under way, from 1.</summary>
    public int Epoch => _epoch;

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
    /// <param name="rateFactor">What the learning rate is multiplied by.</param>
    public StepResult Step(double rateFactor)
    {
        ReadOnlySpan<int> batch = NextBatch();
        long stepInAll = (long)(_epoch - 1) * _stepsPerEpoch + _step;
        LearningRate = _options.Schedule.Rate(_optimizer.LearningRate, _epoch, stepInAll, (long)_options.Epochs * _stepsPerEpoch) * rateFactor;
        SampleRandom random = new(_options.Seed, _epoch, firstPlace: _samplesDone) { Stream = _options.RandomNumbers == RandomSource.NumPy ? _random : null };
        BatchLoss loss;
        if (_mayDescendAtOnce && (float)(LearningRate * _minLayerRate) > 0)
        {
            loss = _pass.RunAndDescend(batch, LearningRate, random);
        }
        else
        {
            loss = _pass.Run(batch, random);
            if (double.IsFinite(loss.Sum) && (_accumulated is null || _accumulated.Add(_pass.Gradient, batch.Length, isLast: _step + 1 == _stepsPerEpoch)))
            {
                Update(_accumulated is null ? _pass.Gradient : _accumulated.Mean());
            }
        }
        if (double.IsFinite(loss.Sum))
        {
            Average?.Add(_options.Threads);
        }
        _step++;
        _samplesDone += batch.Length;
        _lossSum += loss.Sum;
        _correct += loss.Correct;
        return new StepResult(_epoch, _options.Epochs, _step, _stepsPerEpoch, batch.Length, loss.Sum / batch.Length, EpochLoss) { LearningRate = LearningRate };
    }

    /// <summary>Writes down the place in the epoch, and all that steps have left.</summary>
    /// <param name="document">What is known already.</param>
    public Checkpoint Save(CheckpointDocument document)
    {
        Checkpoint checkpoint = new()
        {
            Document = document with
            {
                Epoch = _epoch,
                Step = _step,
                SamplesDone = _samplesDone,
                LossSum = _lossSum,
                Correct = _correct,
                OptimizerSteps = _optimizerState.Steps,
                AveragedSteps = Average?.Steps ?? 0,
                SpareNormal = _random.SpareNormal,
            },
        };
        checkpoint.Add("parameters", _network.Parameters);
        checkpoint.Add("buffers", _network.Buffers);
        checkpoint.Add("order", _order);
        _random.Save(checkpoint);
        _optimizerState.Save(checkpoint);
        Average?.Save(checkpoint);
        _accumulated?.Save(checkpoint);
        return checkpoint;
    }

    /// <summary>Goes on from where it was when the checkpoint was made.</summary>
    public void Restore(Checkpoint checkpoint)
    {
        CheckpointDocument document = checkpoint.Document;
        (_epoch, _step, _samplesDone, _lossSum, _correct) = (document.Epoch, document.Step, document.SamplesDone, document.LossSum, document.Correct);
        checkpoint.CopyTo("parameters", _network.Parameters);
        checkpoint.CopyTo("buffers", _network.Buffers);
        checkpoint.CopyTo("order", _order);
        _random.Restore(checkpoint);
        _optimizerState.Restore(checkpoint);
        Average?.Restore(checkpoint);
        _accumulated?.Restore(checkpoint);
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

    private void Update(Span<float> gradient)
    {
        for (int i = 0; i < _transforms.Count; i++)
        {
            _transforms[i].Apply(gradient, _network);
        }
        if (_hasLayerRates || _optimizerState.WeightDecay > 0)
        {
            _optimizerState.Step(_network.Parameters, gradient, LearningRate, _network.Layers, _options.Threads);
        }
        else
        {
            _optimizerState.Step(_network.Parameters, gradient, LearningRate, _options.Threads);
        }
    }
}
