namespace Nabla.Tests.Layers;

/// <summary>Dense networks in double precision, written as the textbook has them: what the float implementation is held against.</summary>
internal sealed class ReferenceNetwork
{
    private readonly Network _network;
    private readonly double[] _parameters;

    public ReferenceNetwork(Network network)
    {
        _network = network;
        _parameters = [.. network.Parameters.ToArray().Select(value => (double)value)];
    }

    /// <summary>Smallest distance of any ReLU's weighted sum from its kink, over all samples forwarded so far.</summary>
    public double LeastDistanceFromKink { get; private set; } = double.PositiveInfinity;

    /// <summary>The outputs of all samples: [rows, output size].</summary>
    public double[] Forward(float[] inputs, int rows)
    {
        int size = _network.InputShape.Size;
        return [.. Enumerable.Range(0, rows).SelectMany(row => ForwardRow([.. inputs.Skip(row * size).Take(size).Select(value => (double)value)]))];
    }

    /// <summary>The gradient of Σ weights · outputs by central differences.</summary>
    public double[] NumericGradient(float[] inputs, int rows, float[] weights)
    {
        // The error of a central difference is about H² from its curvature and 1e-16 / H from rounding: 1e-10 either way.
        const double H = 1e-5;
        double[] gradient = new double[_parameters.Length];
        for (int i = 0; i < gradient.Length; i++)
        {
            double value = _parameters[i];
            _parameters[i] = value + H;
            double above = WeightedSum();
            _parameters[i] = value - H;
            double below = WeightedSum();
            _parameters[i] = value;
            gradient[i] = (above - below) / (2 * H);
        }
        return gradient;

        double WeightedSum() => Forward(inputs, rows).Zip(weights, (output, weight) => output * weight).Sum();
    }

    private double[] ForwardRow(double[] x)
    {
        int at = 0;
        foreach (Layer layer in _network.Layers)
        {
            DenseSpec spec = (DenseSpec)layer.Spec;
            double[] y = new double[spec.Units];
            for (int j = 0; j < y.Length; j++)
            {
                for (int i = 0; i < x.Length; i++)
                {
                    y[j] += x[i] * _parameters[at + i * y.Length + j];
                }
            }
            at += x.Length * y.Length;
            for (int j = 0; j < y.Length && spec.Bias; j++)
            {
                y[j] += _parameters[at++];
            }
            if (spec.Activation == Activation.ReLU)
            {
                LeastDistanceFromKink = Math.Min(LeastDistanceFromKink, y.Min(Math.Abs));
            }
            x = [.. y.Select(sum => spec.Activation switch
            {
                Activation.Sigmoid => 1 / (1 + Math.Exp(-sum)),
                Activation.Tanh => Math.Tanh(sum),
                Activation.ReLU => Math.Max(sum, 0),
                _ => sum,
            })];
        }
        return x;
    }
}
