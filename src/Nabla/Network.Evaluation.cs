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
    /// <exception cref="ArgumentException">The data set is empty, or does not fit the network or its loss.</exception>
    /// <exception cref="InvalidOperationException">The network has no weights yet.</exception>
    public Evaluation Evaluate(DataSet data, int? threads = null)
    {
        data = Evaluator.Fitting(this, data);
        ThrowUnlessReady(data.Features.SampleShape.Size, "values");
        Loss loss = Loss ?? Loss.Quadratic;
        loss.ThrowUnlessFits(data.Targets);
        return new Evaluator(this, loss, data.Count, threads ?? Environment.ProcessorCount).Evaluate(data);
    }
}
