namespace Nabla;

public sealed partial class Network
{
    /// <summary>The data set with the network's own numbers of classes, where it has the same classes in another order; else as it is.</summary>
    /// <exception cref="ArgumentException">Samples or targets have another size than the network's input or output, classes are others, or there are none.</exception>
    public DataSet MatchClasses(DataSet data) => Evaluator.Fitting(this, data);

    /// <summary>
    /// Measures the network on a data set, with <see cref="Loss"/> or where that is null the quadratic loss. Safe from several threads at once.
    /// </summary>
    /// <param name="data">At least one sample, of the network's input and output sizes.</param>
    /// <param name="threads">Threads to use, at least 1; the result does not depend on it. Default: one per processor.</param>
    /// <param name="communicator">Processes that all ask for it, with the same network and samples: each measures some of them, and all have the same result. Null for this process alone.</param>
    /// <exception cref="ArgumentException">The data set is empty, or does not fit the network or its loss.</exception>
    /// <exception cref="InvalidOperationException">The network has no weights yet.</exception>
    public Evaluation Evaluate(DataSet data, int? threads = null, ICommunicator? communicator = null)
    {
        data = Evaluator.Fitting(this, data);
        ThrowUnlessReady(data.Features.SampleShape.Size, "values");
        Loss loss = Loss ?? Loss.Quadratic;
        loss.ThrowUnlessFits(data.Targets);
        return new Evaluator(this, loss, data.Count, threads ?? Environment.ProcessorCount, communicator).Evaluate(data);
    }

    /// <summary>Measures how far the network's confidence is from how often it is right.</summary>
    /// <param name="data">At least one sample, of the network's input size and classes.</param>
    /// <param name="threads">Threads to use, at least 1; the result does not depend on it. Default: one per processor.</param>
    /// <exception cref="ArgumentException">The data set is empty, does not fit the network, or has no class labels; or the network's scores are no probabilities.</exception>
    /// <exception cref="InvalidOperationException">The network has no weights yet.</exception>
    public Calibration MeasureCalibration(DataSet data, int? threads = null)
    {
        ClassLabels labels = LabelsToCalibrate(ref data);
        Prediction[] predictions = Predict(data.Features, threads);
        return Calibration.Of(predictions.Select((prediction, i) => (prediction.Confidence, prediction.Label == labels.Values[i])));
    }

    /// <summary>
    /// Fits <see cref="Temperature"/>, so that confidence says how often the network is right: to samples that it has not learnt from, such as those for validation. A training does so at its end,
    /// where it has some.
    /// </summary>
    /// <param name="data">At least one sample, of the network's input size and classes.</param>
    /// <param name="threads">Threads to use, at least 1; the result does not depend on it. Default: one per processor.</param>
    /// <exception cref="ArgumentException">The data set is empty, does not fit the network, or has no class labels; or the network's scores are no probabilities.</exception>
    /// <exception cref="InvalidOperationException">The network has no weights yet.</exception>
    public void Calibrate(DataSet data, int? threads = null)
    {
        ClassLabels labels = LabelsToCalibrate(ref data);
        int width = OutputShape.Size;
        float[] logits = new float[checked(data.Count * width)];
        InferencePass pass = new(this, data.Count, threads ?? Environment.ProcessorCount);
        for (int start = 0; start < data.Count; start += pass.Rows)
        {
            pass.Outputs(data.Features, start, Math.Min(pass.Rows, data.Count - start)).CopyTo(logits.AsSpan(start * width));
        }
        Temperature = Calibration.FitTemperature(logits, labels.Values, width);
    }

    private ClassLabels LabelsToCalibrate(ref DataSet data)
    {
        if (Loss is not SoftmaxCrossEntropyLoss)
        {
            throw new ArgumentException($"The network was trained with {Loss?.ToString() ?? "a loss that it does not know"}, whose scores are no probabilities; calibration needs softmax cross-entropy.");
        }
        data = Evaluator.Fitting(this, data);
        ThrowUnlessReady(data.Features.SampleShape.Size, "values");
        return data.Targets as ClassLabels ?? throw new ArgumentException("The data set has no class labels, which calibration compares confidence with.", nameof(data));
    }
}
