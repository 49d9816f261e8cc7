using Microsoft.ML.OnnxRuntime;
using Nabla.Numerics;

namespace Nabla.Benchmarks.Prediction;

/// <summary>
/// The same network in ONNX Runtime: images ready as floats, buffers for inputs and outputs made once, batches of 250 (it
/// would otherwise want a gigabyte for 10,000 images).
/// </summary>
internal sealed class OnnxPrediction : InProcessContestant
{
    private const int MaxAtOnce = 250;
    private static readonly string[] InputNames = ["input"];
    private static readonly string[] OutputNames = ["output"];
    private readonly PredictionWorkload _workload;
    private readonly SessionOptions _options;
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly OrtValue[][] _inputs;
    private readonly OrtValue[] _outputs;
    private readonly float[] _scores;
    private readonly int[] _labels;
    private int _next;

    public OnnxPrediction(PredictionWorkload workload, int threads)
    {
        _workload = workload;
        _options = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
        using MemoryStream model = new();
        workload.Network.ExportOnnx(model);
        _session = new InferenceSession(model.ToArray(), _options);
        int batch = Math.Min(workload.Images, MaxAtOnce);
        DataSet images = MnistImages.Test.Slice(0, 10_000);
        float[] pixels = new float[images.Count * 784];
        Batch.CopyFeatures(images.Features, workload.Network.Preprocessing, 0, images.Count, pixels, threads: 1);
        _inputs = [.. Enumerable.Range(0, images.Count / batch).Select(i => new[]
        {
            OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, pixels.AsMemory(i * batch * 784, batch * 784), [batch, 28, 28]),
        })];
        _scores = new float[batch * 10];
        _labels = new int[batch];
        _outputs = [OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _scores.AsMemory(), [batch, 10])];
    }

    public override double[] Check()
    {
        int images = Math.Min(_workload.Images, 100);
        RunBatch(0);
        return PredictionWorkload.Figures(_labels[..images], _scores[..10]);
    }

    public override void Dispose()
    {
        foreach (OrtValue value in _inputs.SelectMany(values => values).Concat(_outputs))
        {
            value.Dispose();
        }
        _run.Dispose();
        _session.Dispose();
        _options.Dispose();
        base.Dispose();
    }

    protected override void Repeat(int count)
    {
        for (int batches = count * _workload.Images / _labels.Length; batches > 0; batches--)
        {
            RunBatch(_next++ % _inputs.Length);
        }
    }

    private void RunBatch(int batch)
    {
        _session.Run(_run, InputNames, _inputs[batch], OutputNames, _outputs);
        for (int image = 0; image < _labels.Length; image++)
        {
            _labels[image] = Reductions.IndexOfMax(_scores.AsSpan(image * 10, 10));
        }
    }
}
