namespace Nabla;

/// <summary>
/// Tells in a few seconds whether a set-up can learn at all: whether a copy of the network learns a few samples by heart, which any sound one does, and if not, what may be wrong.
/// </summary>
public static class SetupCheck
{
    /// <summary>Samples that are learnt by heart, where the data has so many.</summary>
    public const int Samples = 64;

    private const int Steps = 400;

    // Learnt by heart: so much of the classes recognised, or a loss below this share of that of the best constant answer.
    private const double EnoughAccuracy = 0.95;
    private const double LowLoss = 0.1;

    private const float LargeInput = 50;
    private const double LargeGradient = 1e4;
    private const double ManyDead = 0.5;

    /// <summary>Checks a set-up. Network, loss and optimiser stay as they are.</summary>
    /// <param name="network">The network; its weights if it has some, else such as a training would draw.</param>
    /// <param name="loss">The loss to minimise.</param>
    /// <param name="optimizer">The rule by which gradients change the weights, with its rate.</param>
    /// <param name="data">Samples to learn from.</param>
    /// <param name="options">Seed, standardisation and so on, as for a training, but for epochs, batches and schedule; by default as <see cref="TrainingOptions"/> says.</param>
    /// <param name="cancellation">Stops it after the step under way.</param>
    /// <exception cref="ArgumentException">Network, loss and data do not fit together.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static SetupReport Run(
        Network network, Loss loss, Optimizer optimizer, DataSet data, TrainingOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new TrainingOptions();
        List<SetupFinding> findings = [];
        if (data.Targets is ClassLabels labels && labels.Count > 0 && labels.Values.IndexOfAnyExcept(labels.Values[0]) < 0)
        {
            findings.Add(Problem($"All {labels.Count:N0} samples are of one class, {labels.NameOf(labels.Values[0])}: there is nothing to tell apart."));
            return new SetupReport(false, findings);
        }
        DataSet batch = data.View(Choose(data, options.Seed));
        options = options with
        {
            Epochs = Steps,
            BatchSize = batch.Count,
            ValidationFraction = 0,
            Order = SampleOrder.AsGiven,
            StepsPerEpoch = null,
            DropPartialBatch = false,
            Schedule = Schedule.Constant,
            AccumulationSteps = null,
        };
        Attempt first = new(network, loss, optimizer, batch, options, cancellation);
        DescribeBeginning(first, findings);
        if (first.HasLearnt)
        {
            findings.Add(Good($"It learnt {batch.Count} samples by heart in {first.Losses.Count} steps: the loss fell from {first.Losses[0]:G3} to {first.Losses[^1]:G3}. The set-up can learn."));
        }
        else
        {
            findings.Add(Problem(first.HasDiverged
                ? $"It did not learn {batch.Count} samples by heart: the loss became infinite or not a number after {first.Losses.Count} steps."
                : $"It did not learn {batch.Count} samples by heart: after {first.Losses.Count} steps the loss went from {first.Losses[0]:G3} to {first.Losses[^1]:G3}{Accuracy(first)}."));
            if (!first.HasDiverged)
            {
                AddDead(first.Network, Passed(first.Network, batch), "after", findings);
            }
            FindRate(network, loss, optimizer, batch, options, findings, cancellation);
        }
        return new SetupReport(first.HasLearnt, findings);
    }

    /// <summary>Samples at random, of two classes at least.</summary>
    private static int[] Choose(DataSet data, uint seed)
    {
        int[] order = new NumPyRandom(seed).Permutation(data.Count);
        int[] chosen = order[..Math.Min(Samples, order.Length)];
        if (data.Targets is ClassLabels labels && Array.TrueForAll(chosen, sample => labels.Values[sample] == labels.Values[chosen[0]]))
        {
            chosen[^1] = Array.Find(order, sample => labels.Values[sample] != labels.Values[order[0]]);
        }
        return chosen;
    }

    private static string Accuracy(Attempt attempt) => attempt.Accuracy is double share ? FormattableString.Invariant($", with {share:0%} recognised") : "";

    /// <summary>Inputs, weights, loss and gradients before the first step.</summary>
    private static void DescribeBeginning(Attempt attempt, List<SetupFinding> findings)
    {
        Network network = attempt.Start;
        DataSet batch = attempt.Batch;
        double? constant = attempt.ConstantLoss;
        Workspace workspace = Passed(network, batch);
        findings.Add(InputFinding(workspace.Input[..(batch.Count * network.InputShape.Size)], batch.Count));
        float[] targets = new float[batch.Count * batch.Targets.Width];
        batch.Targets.CopyRows([.. Enumerable.Range(0, batch.Count)], targets);
        double loss = attempt.Trainer.Loss.Evaluate(workspace.Output, targets, workspace.OutputGradient, batch.Count, batch.Count) / batch.Count;
        workspace.Gradient.Clear();
        network.Backward(workspace, batch.Count);
        string comparison = constant is double best ? $", that of the best constant answer is {best:G3}" : "";
        findings.Add(double.IsFinite(loss)
            ? loss > 3 * constant ? Remark($"The loss begins at {loss:G3}{comparison}: initial weights or inputs are large.") : Good($"The loss begins at {loss:G3}{comparison}.")
            : Problem($"The loss begins at {loss}: weights or inputs are too large, or not numbers."));
        foreach (Layer layer in network.Layers)
        {
            foreach (Parameter parameter in layer.Parameters)
            {
                DescribeGradient(parameter, parameter.Of(network.Parameters), parameter.Of(workspace.Gradient), findings);
            }
        }
        AddDead(network, workspace, "before", findings);
    }

    /// <summary>Memory of a pass of all samples, as in training.</summary>
    private static Workspace Passed(Network network, DataSet batch)
    {
        Workspace workspace = new(network, batch.Count, training: true);
        workspace.Load(batch.Features, [.. Enumerable.Range(0, batch.Count)]);
        network.Forward(workspace, batch.Count, new SampleRandom(1));
        return workspace;
    }

    private static SetupFinding InputFinding(ReadOnlySpan<float> values, int samples)
    {
        float least = float.PositiveInfinity, most = float.NegativeInfinity;
        bool isFinite = true, isOneSample = true;
        int size = values.Length / samples;
        for (int i = 0; i < values.Length; i++)
        {
            isFinite &= float.IsFinite(values[i]);
            isOneSample &= values[i] == values[i % size];
            least = Math.Min(least, values[i]);
            most = Math.Max(most, values[i]);
        }
        return !isFinite ? Problem("Some inputs are infinite or not numbers.")
            : least == most ? Problem($"All inputs are {most:G3}: samples do not differ.")
            : isOneSample ? Problem($"All {samples} samples are the same.")
            : Math.Max(-least, most) > LargeInput ? Remark($"Inputs are from {least:G3} to {most:G3}, far from the usual 0 to 1 or −3 to 3: divide them, or standardise.")
            : Good($"Inputs are from {least:G3} to {most:G3}.");
    }

    private static void DescribeGradient(Parameter parameter, ReadOnlySpan<float> values, ReadOnlySpan<float> gradient, List<SetupFinding> findings)
    {
        double squares = 0;
        foreach (float value in gradient)
        {
            squares += (double)value * value;
        }
        double length = Math.Sqrt(squares);
        if (!double.IsFinite(length))
        {
            findings.Add(Problem($"The gradient of {parameter.Name} is infinite or not a number."));
        }
        else if (length == 0)
        {
            findings.Add(Problem($"No gradient reaches {parameter.Name}: it cannot learn. Units before or after it are dead, or their weights are zero."));
        }
        else if (length > LargeGradient)
        {
            findings.Add(Remark($"The gradient of {parameter.Name} is {length:G3} long, which explodes: smaller initial weights, or a bound for the gradient's length."));
        }
        if (parameter.Role == ParameterRole.Weight && values.Length > 1 && parameter.Shape[^1] > 1 && values.IndexOfAnyExcept(values[0]) < 0)
        {
            findings.Add(Problem($"All numbers of {parameter.Name} begin as {values[0]:G3}: its units are all the same and would stay so. Draw them at random."));
        }
    }

    /// <summary>Units with ReLU that give 0 for every sample: no gradient goes through them.</summary>
    private static void AddDead(Network network, Workspace workspace, string when, List<SetupFinding> findings)
    {
        for (int i = 0; i < network.Layers.Count; i++)
        {
            int units = network.Layers[i].Spec switch
            {
                DenseSpec { Activation: Activation.ReLU } dense => dense.Units,
                Convolution2DSpec { Activation: Activation.ReLU } convolution => convolution.Filters,
                _ => 0,
            };
            if (units == 0 || !workspace.Keeps(i + 1))
            {
                continue;
            }
            ReadOnlySpan<float> outputs = workspace.Activation(i + 1, 0, workspace.Rows, part: 0);
            bool[] lives = new bool[units];
            for (int at = 0; at < outputs.Length; at++)
            {
                lives[at % units] |= outputs[at] > 0;
            }
            int dead = lives.Count(lived => !lived);
            if (dead > ManyDead * units)
            {
                findings.Add(Problem($"{dead} of the {units} units of {network.Layers[i].Name} are dead {when} the training: their ReLU gives 0 for every sample."));
            }
        }
    }

    /// <summary>Whether another learning rate would do.</summary>
    private static void FindRate(
        Network network, Loss loss, Optimizer optimizer, DataSet batch, TrainingOptions options, List<SetupFinding> findings, CancellationToken cancellation)
    {
        double? found = LearningRateFinder.Find(network, loss, optimizer, batch, options, cancellation).Suggestion;
        if (found is not double rate)
        {
            findings.Add(Problem("With no learning rate from 1E-07 to 10 did the loss fall, from fresh weights: look at the data, the layers and the initial weights."));
            return;
        }
        double ratio = optimizer.LearningRate / rate;
        string judged = ratio >= 3 ? "too high" : ratio <= 1.0 / 3 ? "too low" : "about right";
        Attempt other = new(network, loss, optimizer with { LearningRate = rate }, batch, options, cancellation);
        if (other.HasLearnt)
        {
            findings.Add(Problem($"The learning rate {optimizer.LearningRate:G3} is {(ratio > 1 ? "too high" : "too low")}: with {rate:G2} it learnt the samples in {other.Losses.Count} steps."));
        }
        else
        {
            findings.Add(Problem($"The learning rate {optimizer.LearningRate:G3} is {judged}: the loss falls most steeply at {rate:G2}, but with that it does not learn the samples by heart, either. The network may be too small, or its initial weights wrong."));
        }
    }

    private static SetupFinding Good(FormattableString text) => new(FindingKind.Good, FormattableString.Invariant(text));

    private static SetupFinding Remark(FormattableString text) => new(FindingKind.Remark, FormattableString.Invariant(text));

    private static SetupFinding Problem(FormattableString text) => new(FindingKind.Problem, FormattableString.Invariant(text));

    private static SetupFinding Problem(string text) => new(FindingKind.Problem, text);

    /// <summary>One try to learn the samples by heart.</summary>
    private sealed class Attempt
    {
        public Attempt(Network network, Loss loss, Optimizer optimizer, DataSet batch, TrainingOptions options, CancellationToken cancellation)
        {
            Batch = batch;
            Network = network.CopyWithoutWeights();
            Start = network.CopyWithoutWeights();
            if (network.IsInitialized)
            {
                network.Parameters.CopyTo(Network.Parameters);
                network.Buffers.CopyTo(Network.Buffers);
                Network.MarkInitialized();
            }
            else
            {
                Network.Initialize(new NumPyRandom(options.Seed), options.Initialization);
            }
            Network.Parameters.CopyTo(Start.Parameters);
            Network.Buffers.CopyTo(Start.Buffers);
            Start.MarkInitialized();
            Trainer = new Trainer(Network, loss, optimizer);
            Trainer.EpochCompleted += epoch =>
            {
                Losses.Add(epoch.Loss);
                Accuracy = epoch.Accuracy;
                // Not before: the loss may get its weights from the samples.
                ConstantLoss ??= Trainer.Loss.OfConstantAnswer(batch.Targets);
                if (HasLearnt)
                {
                    Trainer.Stop();
                }
            };
            try
            {
                Trainer.Fit(batch, options, cancellation: cancellation);
            }
            catch (TrainingDivergedException)
            {
                HasDiverged = true;
            }
            cancellation.ThrowIfCancellationRequested();
            ConstantLoss ??= Trainer.Loss.OfConstantAnswer(batch.Targets);
            Start.Preprocessing = Network.Preprocessing;
        }

        public DataSet Batch { get; }

        /// <summary>As it was before the training.</summary>
        public Network Start { get; }

        public Network Network { get; }

        public Trainer Trainer { get; }

        public List<double> Losses { get; } = [];

        public double? Accuracy { get; private set; }

        public bool HasDiverged { get; private set; }

        /// <summary>That of the best answer that is the same for every sample; null where the loss cannot tell.</summary>
        public double? ConstantLoss { get; private set; }

        public bool HasLearnt => !HasDiverged && Losses.Count > 0 && (Accuracy >= EnoughAccuracy || (ConstantLoss is double best ? Losses[^1] < LowLoss * best : Losses[^1] < LowLoss * Losses[0]));
    }
}

/// <summary>What a <see cref="SetupCheck"/> has found.</summary>
/// <param name="CanLearn">Whether the network learnt the samples by heart.</param>
/// <param name="Findings">In the order in which they were found.</param>
public sealed record SetupReport(bool CanLearn, IReadOnlyList<SetupFinding> Findings);

/// <summary>One thing that a <see cref="SetupCheck"/> has found.</summary>
/// <param name="Kind">How good or bad it is.</param>
/// <param name="Text">What it is, in a sentence or two.</param>
public sealed record SetupFinding(FindingKind Kind, string Text);

/// <summary>How good or bad a finding is.</summary>
public enum FindingKind
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Unusual, but it need not be wrong.</summary>
    Remark,

    /// <summary>It keeps the network from learning, or a part of it.</summary>
    Problem,
}
