using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// Layers over one flat vector of parameters, each after those whose outputs it reads. Predicting and evaluating only read it, so any number of threads
/// may do so at once, as long as nobody trains it meanwhile.
/// </summary>
public sealed partial class Network
{
    // Nobody's network, but within reach of a file of a few hundred bytes, which must not take a machine's memory or hours:
    // twice an image of 8,000×8,000, and VGG-16 on one of 224×224, are within.
    private const long MaxBytesPerSample = 512L * 1024 * 1024;
    private const double MaxWorkPerSample = 1L << 34;

    private readonly AlignedFloats _parameters;
    private readonly AlignedFloats _buffers;
    private readonly ConcurrentBag<Workspace> _predictionWorkspaces = [];

    internal Network(LayerGraph graph)
    {
        Graph = graph;
        _parameters = new AlignedFloats(graph.ParameterCount);
        _buffers = new AlignedFloats(graph.BufferCount);
        ResetBuffers();
        Executor = new GraphExecutor(graph, training: true);
        InferenceExecutor = new GraphExecutor(graph, training: false);
    }

    /// <summary>Shape of one sample that goes in.</summary>
    public Shape InputShape => Graph.ShapeOf(0);

    /// <summary>Shape of one sample that comes out.</summary>
    public Shape OutputShape => Layers[^1].OutputShape;

    /// <summary>
    /// The layers, each after those whose outputs it reads; the last puts out what the network does. A residual block stands there
    /// as the layers that it is made of.
    /// </summary>
    public IReadOnlyList<Layer> Layers => Graph.Layers;

    /// <summary>Who reads what.</summary>
    internal LayerGraph Graph { get; }

    /// <summary>
    /// The values that a layer reads, in its order: 0 for what comes into the network, i + 1 for the output of layer i. All are at most <paramref name="layer"/>.
    /// </summary>
    /// <param name="layer">Index of the layer in <see cref="Layers"/>, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer.</exception>
    public ReadOnlySpan<int> InputsOf(int layer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(layer);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(layer, Layers.Count);
        return Graph.InputsOf(layer);
    }

    /// <summary>Who takes samples through the layers in training.</summary>
    internal GraphExecutor Executor { get; }

    /// <summary>Who takes samples through the layers where nobody goes back: with the same bits.</summary>
    internal GraphExecutor InferenceExecutor { get; }

    /// <summary>The one that memory with or without room for a backward pass is laid out for.</summary>
    internal GraphExecutor ExecutorFor(bool training) => training ? Executor : InferenceExecutor;

    /// <summary>All parameters of all layers in one vector. To use your own numbers, write here, then call <see cref="MarkInitialized"/>.</summary>
    public Span<float> Parameters => _parameters.Span;

    /// <summary>
    /// What layers keep beside their parameters, in one vector: saved with them, but not learnt (<see cref="LayerBuilder.AddBuffer"/>).
    /// </summary>
    public Span<float> Buffers => _buffers.Span;

    /// <summary>Whether the parameters have their initial values: drawn, trained, loaded, or set by hand.</summary>
    public bool IsInitialized { get; private set; }

    /// <summary>What is done to features before they come in.</summary>
    /// <exception cref="ArgumentException">Its figures do not go into the network's input without remainder.</exception>
    public Preprocessing Preprocessing
    {
        get;
        set
        {
            value.ThrowUnlessFits(InputShape);
            field = value;
        }
    } = new();

    /// <summary>
    /// What the network was trained with; it decides what the outputs mean (<see cref="Prediction.Confidence"/>) and what is
    /// measured. Null counts as the quadratic loss: outputs are taken as they are. Set it beside weights of your own.
    /// </summary>
    public Loss? Loss { get; set; }

    /// <summary>
    /// What logits are divided by before softmax makes scores of them, above 0: more than 1 makes a network that is too sure of itself less so. It changes no
    /// prediction, only its confidence. <see cref="Calibrate"/> fits it. Kept in the model file. Default: 1.
    /// </summary>
    public double Temperature
    {
        get;
        set => field = value > 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"{nameof(Temperature)} must be a number above 0.");
    } = 1;

    /// <summary>Names of the classes that the outputs stand for, or of the first of them; null where they have none. Kept in the model file.</summary>
    /// <exception cref="ArgumentException">There are more names than outputs, or one is empty, too long or has control characters.</exception>
    public IReadOnlyList<string>? ClassNames
    {
        get;
        set
        {
            if (value is not null)
            {
                Nabla.ClassNames.Check(value, OutputShape.Size);
            }
            field = value;
        }
    }

    /// <summary>The columns of the table that the network learnt from, by which others are read for it; null where it learnt from none. Kept in the model file.</summary>
    /// <exception cref="ArgumentException">The columns have another number of values than the network's input.</exception>
    public TableSchema? Schema
    {
        get;
        set
        {
            value?.ThrowUnlessFits(InputShape);
            field = value;
        }
    }

    /// <summary>How the network came to be, or null while it is untrained. Kept in the model file.</summary>
    public TrainingRecord? Training { get; set; }

    /// <summary>
    /// Makes a network. Each layer reads the output of the one before, or what it names (<see cref="LayerSpec.Inputs"/>), and learns
    /// its input shape from there.
    /// </summary>
    /// <param name="input">Shape of one sample, such as <c>[28, 28]</c>.</param>
    /// <param name="layers">The layers, first to last; at least one.</param>
    /// <exception cref="ArgumentException">
    /// There is no layer, layers do not fit together or read what is not there, the output of one is read by nobody, or there are more than 1,000 or more than 2³¹ − 1 parameters; or a sample needs more than 512 MiB or
    /// 17 billion multiply-adds.
    /// </exception>
    public static Network Create(Shape input, params IReadOnlyList<LayerSpec> layers) => new(Build(input, layers));

    /// <summary>Builds layers without memory for their parameters.</summary>
    internal static LayerGraph Build(Shape input, IReadOnlyList<LayerSpec> specs)
    {
        LayerGraph graph = new(input, specs);
        ThrowIfTooLarge(input, graph.Layers);
        return graph;
    }

    /// <summary>What a pass will need is asked here, so that it does not fail, or take the machine, when it is under way.</summary>
    private static void ThrowIfTooLarge(Shape input, IReadOnlyList<Layer> layers)
    {
        Layer largest = layers.MaxBy(BytesOf)!, slowest = layers.MaxBy(layer => layer.Work)!;
        long bytes = (long)sizeof(float) * input.Size + layers.Sum(layer => sizeof(float) * (layer.IsView ? 0L : layer.OutputShape.Size))
            + sizeof(float) * layers.Select(layer => layer.ThreadFloats(rows: 1, training: false)).Aggregate(ThreadFloats.Max).Sum;
        if (bytes > MaxBytesPerSample)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"One sample needs {bytes:N0} bytes, most of them for {largest.Name} ({largest}), expected at most {MaxBytesPerSample:N0}; use smaller images, less padding, smaller kernels or fewer units."));
        }
        double work = layers.Sum(layer => layer.Work);
        if (work > MaxWorkPerSample)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"One sample takes about {work:N0} multiply-adds, most of them in {slowest.Name} ({slowest}), expected at most {MaxWorkPerSample:N0}; use smaller images or windows, or a greater stride."));
        }

        static long BytesOf(Layer layer) => sizeof(float) * (layer.OutputShape.Size + layer.ThreadFloats(rows: 1, training: false).Sum);
    }

    /// <summary>
    /// Bytes that a pass of so many samples needs at most: a <see cref="Workspace"/> and what threads keep for themselves. The
    /// parameters and what an optimiser remembers of them are not counted.
    /// </summary>
    /// <param name="rows">Samples that go through at a time, at least 1.</param>
    /// <param name="training">Whether there is a backward pass; the gradient of all parameters is then counted, too.</param>
    /// <param name="threads">Threads that the pass may use, at least 1.</param>
    public long MemoryFor(int rows, bool training = false, int threads = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        return Workspace.BytesFor(this, rows, training, threads);
    }

    /// <summary>
    /// Says in words how a batch goes through the network in training, first as a whole and then layer by layer: how many samples at a
    /// time, what threads share, and what memory it takes.
    /// </summary>
    /// <param name="batchSize">Samples in a batch, at least 1.</param>
    /// <param name="threads">Threads to use, at least 1. Default: one per processor.</param>
    public string Explain(int batchSize, int? threads = null) => new ExecutionPlan(this, batchSize, threads ?? Environment.ProcessorCount).ToString();

    /// <summary>The same for a batch of a training: its size, its threads and where it draws random numbers from.</summary>
    /// <param name="options">The training's options.</param>
    public string Explain(TrainingOptions options) => ExecutionPlan.Of(this, options, samples: int.MaxValue).ToString();

    /// <summary>Draws initial values for all parameters.</summary>
    /// <param name="random">Where the numbers come from.</param>
    /// <param name="how">In which order; by default layer by layer, weights before biases.</param>
    public void Initialize(NumPyRandom random, Initialization? how = null)
    {
        Draw(Parameters, random, how ?? new Initialization());
        ResetBuffers();
        IsInitialized = true;
    }

    private void ResetBuffers()
    {
        foreach (LayerBuffer buffer in Layers.SelectMany(layer => layer.Buffers))
        {
            buffer.Of(Buffers).Fill(buffer.InitialValue);
        }
    }

    /// <summary>A network of the same layers and preprocessing, with memory of its own and without weights yet.</summary>
    internal Network CopyWithoutWeights() => new(Build(InputShape, Graph.Specs)) { Preprocessing = Preprocessing };

    /// <summary>Draws as many numbers as <see cref="Initialize"/>, and forgets them.</summary>
    internal void SkipInitialDraws(NumPyRandom random, Initialization how) => Draw(new float[Parameters.Length], random, how);

    private void Draw(Span<float> values, NumPyRandom random, Initialization how)
    {
        IEnumerable<Parameter> parameters = Layers.SelectMany(layer => layer.Parameters);
        parameters = how.Order switch
        {
            ParameterOrder.WeightsFirst => parameters.OrderBy(parameter => parameter.Role == ParameterRole.Bias),
            ParameterOrder.BiasesFirst => parameters.OrderByDescending(parameter => parameter.Role == ParameterRole.Bias),
            _ => parameters,
        };
        foreach (Parameter parameter in parameters)
        {
            parameter.Initialize(values, random, how.OutputsFirst);
        }
    }

    /// <summary>Says that the parameters were set by hand, so that training goes on from them instead of drawing new ones.</summary>
    public void MarkInitialized() => IsInitialized = true;

    /// <summary>Computes the output of the first <paramref name="rows"/> samples in <see cref="Workspace.Input"/>, as at inference.</summary>
    /// <param name="workspace">Memory that was made for this network.</param>
    /// <param name="rows">Number of samples.</param>
    /// <exception cref="ArgumentException">The workspace belongs to another network or is too small.</exception>
    public void Forward(Workspace workspace, int rows)
    {
        workspace.ThrowIfUnfit(this, rows, training: false);
        workspace.Executor.Forward(workspace, rows, Parameters);
    }

    /// <summary>Computes the output of the first <paramref name="rows"/> samples in <see cref="Workspace.Input"/>, as in training.</summary>
    /// <param name="workspace">Memory that was made for this network, for training.</param>
    /// <param name="rows">Number of samples.</param>
    /// <param name="random">Where layers that behave at random, such as dropout, draw from: another epoch or place each time, since the same gives the same numbers.</param>
    /// <exception cref="ArgumentException">The workspace belongs to another network, is too small or was not made for training.</exception>
    public void Forward(Workspace workspace, int rows, SampleRandom random)
    {
        workspace.ThrowIfUnfit(this, rows, training: true);
        Executor.Forward(workspace, rows, Parameters, training: true, random);
    }

    /// <summary>
    /// Adds to <see cref="Workspace.Gradient"/> what follows from <see cref="Workspace.OutputGradient"/>, for the samples
    /// of the forward pass before.
    /// </summary>
    /// <exception cref="ArgumentException">The workspace belongs to another network, is too small or not made for training.</exception>
    public void Backward(Workspace workspace, int rows)
    {
        workspace.ThrowIfUnfit(this, rows, training: true);
        Executor.Backward(workspace, rows, Parameters, workspace.Gradient, GradientUse.Add);
    }

    /// <summary>Recognises one image of bytes. Safe from several threads at once; allocates nothing once it has run.</summary>
    /// <param name="pixels">As many bytes as <see cref="InputShape"/> has elements.</param>
    public Prediction Predict(ReadOnlySpan<byte> pixels)
    {
        ThrowUnlessReady(pixels.Length, "bytes");
        Workspace workspace = RentWorkspace();
        Preprocessing.Copy(pixels, workspace.Input);
        return PredictAndReturn(workspace);
    }

    /// <summary>Answers one sample of floats. Safe from several threads at once; allocates nothing once it has run.</summary>
    /// <param name="sample">As many numbers as <see cref="InputShape"/> has elements.</param>
    public Prediction Predict(ReadOnlySpan<float> sample)
    {
        ThrowUnlessReady(sample.Length, "numbers");
        Workspace workspace = RentWorkspace();
        Preprocessing.Copy(sample, workspace.Input);
        return PredictAndReturn(workspace);
    }

    /// <summary>Answers many samples. Safe from several threads at once.</summary>
    /// <param name="features">Samples of <see cref="InputShape"/>'s size.</param>
    /// <param name="threads">Threads to use, at least 1; the result does not depend on it. Default: one per processor.</param>
    public Prediction[] Predict(Features features, int? threads = null)
    {
        ThrowUnlessReady(features.SampleShape.Size, "values");
        Prediction[] predictions = new Prediction[features.Count];
        int width = OutputShape.Size;
        ForEachPiece(features, threads, (start, scores) =>
        {
            for (int row = 0; row * width < scores.Length; row++)
            {
                predictions[start + row] = Prediction.FromScores(scores.Slice(row * width, width));
            }
        });
        return predictions;
    }

    /// <summary>
    /// The score of every class for one image of bytes: probabilities when the network was trained with softmax
    /// cross-entropy, otherwise the outputs as they are. Safe from several threads at once; allocates nothing once it has run.
    /// </summary>
    /// <param name="pixels">As many bytes as <see cref="InputShape"/> has elements.</param>
    /// <param name="scores">Receives as many numbers as <see cref="OutputShape"/> has elements.</param>
    public void Score(ReadOnlySpan<byte> pixels, Span<float> scores)
    {
        ThrowUnlessReady(pixels.Length, "bytes");
        ThrowUnlessRoom(scores);
        Workspace workspace = RentWorkspace();
        Preprocessing.Copy(pixels, workspace.Input);
        ScoreAndReturn(workspace, scores);
    }

    /// <summary>
    /// The outputs for one sample of floats, which are the answer of a regression; as probabilities when the network was
    /// trained with softmax cross-entropy. Safe from several threads at once; allocates nothing once it has run.
    /// </summary>
    /// <param name="sample">As many numbers as <see cref="InputShape"/> has elements.</param>
    /// <param name="scores">Receives as many numbers as <see cref="OutputShape"/> has elements.</param>
    public void Score(ReadOnlySpan<float> sample, Span<float> scores)
    {
        ThrowUnlessReady(sample.Length, "numbers");
        ThrowUnlessRoom(scores);
        Workspace workspace = RentWorkspace();
        Preprocessing.Copy(sample, workspace.Input);
        ScoreAndReturn(workspace, scores);
    }

    /// <summary>The scores of many samples, as for one. Safe from several threads at once.</summary>
    /// <param name="features">Samples of <see cref="InputShape"/>'s size.</param>
    /// <param name="threads">Threads to use, at least 1; the result does not depend on it. Default: one per processor.</param>
    /// <returns>[samples, <see cref="OutputShape"/>'s size], row by row.</returns>
    /// <exception cref="ArgumentException">Samples have another size than the input, or the scores are more than an array holds.</exception>
    public float[] Score(Features features, int? threads = null)
    {
        ThrowUnlessReady(features.SampleShape.Size, "values");
        int width = OutputShape.Size;
        long count = (long)features.Count * width;
        if (count > Array.MaxLength)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"{features.Count:N0} samples have {count:N0} scores, expected at most {Array.MaxLength:N0}; take fewer samples at a time."), nameof(features));
        }
        float[] all = new float[count];
        ForEachPiece(features, threads, (start, scores) => scores.CopyTo(all.AsSpan(start * width)));
        return all;
    }

    /// <summary>The name of a class, or its number where it has none.</summary>
    /// <param name="label">The class, from 0.</param>
    public string NameOf(int label) => (uint)label < (uint)(ClassNames?.Count ?? 0) ? ClassNames![label] : label.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// One line per layer and a sum, as <c>nabla train</c> shows it. Where not each layer reads just the one before, they have their
    /// names, and those that read others say which.
    /// </summary>
    public override string ToString()
    {
        StringBuilder text = new();
        bool isChain = Graph.IsChain;
        int width = Layers.Max(layer => layer.Name.Length);
        for (int i = 0; i < Layers.Count; i++)
        {
            ReadOnlySpan<int> inputs = Graph.InputsOf(i);
            text.Append(isChain ? "" : Layers[i].Name.PadRight(width + 2)).Append(Layers[i]);
            if (inputs is not [int only] || only != i)
            {
                text.Append("  ← ").AppendJoin(", ", inputs.ToArray().Select(Graph.NameOf));
            }
            text.AppendLine();
        }
        return text.Append(CultureInfo.InvariantCulture, $"{_parameters.Length:N0} parameters in all").ToString();
    }

    /// <exception cref="ArgumentException">Samples have another size than the network's input.</exception>
    /// <exception cref="InvalidOperationException">The parameters have no values yet.</exception>
    internal void ThrowUnlessReady(int sampleSize, string unit)
    {
        if (sampleSize != InputShape.Size)
        {
            throw new ArgumentException($"The network takes samples of {InputShape} = {InputShape.Size} values ({Layers[0]}), but got {sampleSize} {unit}.");
        }
        if (!IsInitialized)
        {
            throw new InvalidOperationException("The network has no weights yet: train it, load a model, or call Initialize first.");
        }
    }

    private void ThrowUnlessRoom(ReadOnlySpan<float> scores)
    {
        if (scores.Length < OutputShape.Size)
        {
            throw new ArgumentException($"The network puts out {OutputShape} = {OutputShape.Size} scores, but there is room for {scores.Length}.");
        }
    }

    private Prediction PredictAndReturn(Workspace workspace)
    {
        Prediction prediction = Prediction.FromScores(Scores(workspace));
        _predictionWorkspaces.Add(workspace);
        return prediction;
    }

    private void ScoreAndReturn(Workspace workspace, Span<float> scores)
    {
        Scores(workspace).CopyTo(scores);
        _predictionWorkspaces.Add(workspace);
    }

    /// <summary>Gives the scores of samples in pieces of at most as many as go through at a time, each with the index of its first sample.</summary>
    private void ForEachPiece(Features features, int? threads, Action<int, ReadOnlySpan<float>> use)
    {
        InferencePass pass = new(this, Math.Max(1, features.Count), threads ?? Environment.ProcessorCount);
        for (int start = 0; start < features.Count; start += pass.Rows)
        {
            int rows = Math.Min(pass.Rows, features.Count - start);
            Span<float> scores = pass.Outputs(features, start, rows);
            ToScores(scores, rows);
            use(start, scores);
        }
    }

    private void ToScores(Span<float> outputs, int rows)
    {
        if (Temperature != 1 && Loss is SoftmaxCrossEntropyLoss)
        {
            float factor = (float)(1 / Temperature);
            foreach (ref float output in outputs)
            {
                output *= factor;
            }
        }
        Loss?.ToScores(outputs, rows);
    }

    private Workspace RentWorkspace() =>
        _predictionWorkspaces.TryTake(out Workspace? workspace) ? workspace : new Workspace(this, 1, training: false);

    private ReadOnlySpan<float> Scores(Workspace workspace)
    {
        InferenceExecutor.Forward(workspace, rows: 1, Parameters);
        Span<float> output = workspace.Output[..OutputShape.Size];
        ToScores(output, rows: 1);
        return output;
    }
}
