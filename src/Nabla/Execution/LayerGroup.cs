using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// Layers of a network that a pass goes through together: one that takes all samples at once, or several in a row that take
/// them one by one (<see cref="Layer.TakesSamplesOneByOne"/>). Through these each thread passes a few samples at a time,
/// forward and backward, so that what one layer leaves is still in the cache when the next one reads it.
/// </summary>
/// <param name="graph">All layers.</param>
/// <param name="first">Index of the first layer.</param>
/// <param name="end">Index of the first layer after.</param>
/// <param name="parametersBefore">Number of parameters of the layers before.</param>
/// <param name="isOneByOne">Whether they take samples one by one.</param>
internal sealed class LayerGroup(LayerGraph graph, int first, int end, int parametersBefore, bool isOneByOne)
{
    private const int SamplesAtOnce = ExecutionPlan.SamplesAtOnce;

    private readonly bool _learns = Enumerable.Range(first, end - first).Any(layer => graph.NeedsGradient(layer + 1));

    // Of all layers up to this group, because a layer finds its own by their place in the whole vector. Convolutions stand
    // at the begin of a network, so hardly any belong to others.
    private readonly int _parameterCount = parametersBefore + graph.Layers.Skip(first).Take(end - first).Sum(layer => layer.ParameterCount);

    /// <summary>Whether each thread passes a few samples at a time.</summary>
    public bool IsOneByOne => isOneByOne;

    /// <summary>Whether each few samples have a gradient of their own, which are then added up.</summary>
    public bool LearnsOneByOne => IsOneByOne && _learns && _parameterCount <= ExecutionPlan.MaxParametersOneByOne;

    /// <summary>The groups of a graph, first to last.</summary>
    /// <param name="graph">All layers.</param>
    /// <param name="training">Whether for training; else for inference alone.</param>
    public static IReadOnlyList<LayerGroup> Of(LayerGraph graph, bool training)
    {
        List<LayerGroup> groups = [];
        int parameters = 0;
        for (int first = 0, end; first < graph.Layers.Count; first = end)
        {
            end = first + 1;
            bool isOneByOne = TakesOneByOne(graph.Layers[first]);
            while (isOneByOne && end < graph.Layers.Count && TakesOneByOne(graph.Layers[end]))
            {
                end++;
            }
            LayerGroup group = new(graph, first, end, parameters, isOneByOne);
            parameters = group._parameterCount;
            groups.Add(group);
        }
        return groups;

        bool TakesOneByOne(Layer layer) => training ? layer.TakesSamplesOneByOne : layer.InfersSamplesOneByOne;
    }

    /// <summary>At most so many samples, such that what goes through in pieces of them has the bits of the whole.</summary>
    public static int WholeUnits(int rows) => rows < SamplesAtOnce ? rows : rows / SamplesAtOnce * SamplesAtOnce;

    /// <summary>The values that are computed and read within the group alone.</summary>
    public IEnumerable<int> PassingOn() =>
        Enumerable.Range(first + 1, end - first).Where(value => IsOneByOne && graph.MemoryOf(value) > first && graph.LastUseOf(value) < end);

    /// <summary>Index of the first layer.</summary>
    public int First => first;

    /// <summary>Index of the first layer after.</summary>
    public int End => end;

    /// <summary>Number of parameters of the layers before.</summary>
    public int FirstParameter => parametersBefore;

    /// <summary>Floats that a backward pass needs for the sums of each few samples.</summary>
    public long PartialGradientSize(int rows) => LearnsOneByOne ? (long)Units(rows) * _parameterCount : 0;

    /// <summary>The forward pass: see <see cref="GraphExecutor.Forward"/>.</summary>
    public void Forward(Workspace workspace, int rows, ReadOnlySpan<float> parameters, bool training, SampleRandom random)
    {
        if (IsOneByOne)
        {
            ForwardJob job = new(this, workspace, rows, parameters, training, random);
            WorkerTeam.Run(ref job, Math.Min(workspace.Threads, Units(rows)));
            return;
        }
        new LayerPass(workspace, first, firstRow: 0, rows, workspace.Threads, part: 0, parameters) { IsTraining = training, Random = random }.Forward();
    }

    /// <summary>The backward pass: see <see cref="GraphExecutor.Backward"/>.</summary>
    /// <param name="workspace">Memory of the forward pass.</param>
    /// <param name="rows">Its samples.</param>
    /// <param name="parameters">All parameters.</param>
    /// <param name="gradient">The gradient of all parameters, or the parameters themselves if these are to move.</param>
    /// <param name="use">What is done with the gradient of a layer's parameters.</param>
    /// <param name="learningRate">Above 0: the parameters move by this times their layer's factor instead.</param>
    public void Backward(Workspace workspace, int rows, ReadOnlySpan<float> parameters, Span<float> gradient, GradientUse use, double learningRate)
    {
        BackwardOneByOne(workspace, rows, parameters);
        for (int i = end - 1; i >= first; i--)
        {
            GradientUse layerUse = learningRate > 0 ? GradientUse.Descend((float)(learningRate * graph.Layers[i].Spec.LearningRateFactor)) : use;
            BackwardLayer(workspace, i, firstRow: 0, rows, workspace.Threads, part: 0, parameters, gradient, layerUse);
        }
    }

    /// <summary>The backward pass of shards: see <see cref="GraphExecutor.BackwardShards"/>.</summary>
    public void BackwardShards(Workspace workspace, ReadOnlySpan<float> parameters, Span<float> gradients)
    {
        BatchShards shards = workspace.Shards!;
        (int start, int endSample) = shards.Samples;
        int rows = endSample - start, length = parameters.Length;
        BackwardOneByOne(workspace, rows, parameters);
        for (int i = end - 1; i >= first; i--)
        {
            Layer layer = graph.Layers[i];
            if (!LearnsOneByOne && graph.NeedsGradient(i + 1) && (layer.NeedsWholeBatch || layer.ParameterCount == 0))
            {
                BackwardLayer(workspace, i, firstRow: 0, rows, workspace.Threads, part: 0, parameters, gradients[..length], GradientUse.Replace);
                // It is the gradient of the whole batch already: the first shard's, so that it is counted once.
                for (int shard = shards.First; shard < shards.End && layer.ParameterCount > 0; shard++)
                {
                    if (shard > 0)
                    {
                        gradients.Slice((shard - shards.First) * length + layer.Parameters[0].Offset, layer.ParameterCount).Clear();
                    }
                }
                continue;
            }
            ShardsJob shardsJob = new(this, workspace, i, parameters, gradients);
            WorkerTeam.Run(ref shardsJob, Math.Min(workspace.Threads, shards.Here));
        }
    }

    /// <summary>The gradient of a layer's parameters for each shard: threads take whole shards, since the products of one are small.</summary>
    private readonly ref struct ShardsJob(LayerGroup group, Workspace workspace, int layer, ReadOnlySpan<float> parameters, Span<float> gradients) : IJob
    {
        private readonly ReadOnlySpan<float> _parameters = parameters;
        private readonly Span<float> _gradients = gradients;

        public void Run(int part, int parts)
        {
            BatchShards shards = workspace.Shards!;
            int end = shards.First + shards.Here * (part + 1) / parts;
            for (int shard = shards.First + shards.Here * part / parts; shard < end; shard++)
            {
                int firstRow = shards.Starts[shard] - shards.Samples.Start, rows = shards.Starts[shard + 1] - shards.Starts[shard];
                Span<float> gradient = _gradients.Slice((shard - shards.First) * _parameters.Length, _parameters.Length);
                group.BackwardLayer(workspace, layer, firstRow, rows, parts == 1 ? workspace.Threads : 1, part, _parameters, gradient, GradientUse.Replace);
            }
        }
    }

    /// <summary>Where each few samples have a gradient of their own: all of these.</summary>
    private void BackwardOneByOne(Workspace workspace, int rows, ReadOnlySpan<float> parameters)
    {
        if (LearnsOneByOne)
        {
            BackwardJob job = new(this, workspace, rows, parameters);
            WorkerTeam.Run(ref job, Math.Min(workspace.Threads, Units(rows)));
        }
    }

    /// <summary>The gradient of a layer for some rows, or the sum of those that each few of the rows have.</summary>
    private void BackwardLayer(
        Workspace workspace, int index, int firstRow, int rows, int threads, int part, ReadOnlySpan<float> parameters, Span<float> gradient, GradientUse use)
    {
        Layer layer = graph.Layers[index];
        if (!LearnsOneByOne && graph.NeedsGradient(index + 1))
        {
            new LayerPass(workspace, index, firstRow, rows, threads, part, parameters).Backward(gradient, use);
        }
        else if (LearnsOneByOne && layer.ParameterCount > 0)
        {
            int offset = layer.Parameters[0].Offset;
            Reductions.SumColumns(
                workspace.PartialGradients[(firstRow / SamplesAtOnce * _parameterCount + offset)..], _parameterCount, gradient[offset..], Units(rows), layer.ParameterCount, use, threads);
        }
    }

    private static int Units(int rows) => (int)(((long)rows + SamplesAtOnce - 1) / SamplesAtOnce);

    private readonly ref struct ForwardJob(LayerGroup group, Workspace workspace, int rows, ReadOnlySpan<float> parameters, bool training, SampleRandom random) : IJob
    {
        private readonly ReadOnlySpan<float> _parameters = parameters;

        public void Run(int part, int parts)
        {
            int endUnit = (int)((long)Units(rows) * (part + 1) / parts);
            for (int unit = (int)((long)Units(rows) * part / parts); unit < endUnit; unit++)
            {
                group.ForwardFew(workspace, unit * SamplesAtOnce, Math.Min(SamplesAtOnce, rows - unit * SamplesAtOnce), part, _parameters, training, random);
            }
        }
    }

    private void ForwardFew(Workspace workspace, int firstRow, int rows, int part, ReadOnlySpan<float> parameters, bool training, SampleRandom random)
    {
        for (int i = first; i < end; i++)
        {
            new LayerPass(workspace, i, firstRow, rows, threads: 1, part, parameters) { IsTraining = training, Random = random }.Forward();
        }
    }

    private readonly ref struct BackwardJob(LayerGroup group, Workspace workspace, int rows, ReadOnlySpan<float> parameters) : IJob
    {
        private readonly ReadOnlySpan<float> _parameters = parameters;

        public void Run(int part, int parts)
        {
            int endUnit = (int)((long)Units(rows) * (part + 1) / parts);
            for (int unit = (int)((long)Units(rows) * part / parts); unit < endUnit; unit++)
            {
                group.BackwardFew(workspace, unit, Math.Min(SamplesAtOnce, rows - unit * SamplesAtOnce), part, _parameters);
            }
        }
    }

    private void BackwardFew(Workspace workspace, int unit, int rows, int part, ReadOnlySpan<float> parameters)
    {
        Span<float> partialGradient = workspace.PartialGradients.Slice(unit * _parameterCount, _parameterCount);
        for (int i = end - 1; i >= first; i--)
        {
            if (graph.NeedsGradient(i + 1))
            {
                new LayerPass(workspace, i, unit * SamplesAtOnce, rows, threads: 1, part, parameters).Backward(partialGradient, GradientUse.Replace);
            }
        }
    }
}
