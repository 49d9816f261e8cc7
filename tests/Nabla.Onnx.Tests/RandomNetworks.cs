namespace Nabla.Tests.Onnx;

/// <summary>Networks of all kinds of layers, put together at random, with random weights and statistics.</summary>
internal sealed class RandomNetworks(uint seed)
{
    private readonly NumPyRandom _random = new(seed);
    private readonly List<LayerSpec> _layers = [];
    private readonly List<(string Name, Shape Shape)> _values = [];

    public Network Next()
    {
        _layers.Clear();
        _values.Clear();
        Shape shape = Pick<Shape>([5 + Below(20)], [4 + Below(8), 4 + Below(8)], [4 + Below(6), 4 + Below(6), 1 + Below(5)]);
        Shape input = shape;
        for (int count = 2 + Below(7); count > 0 || _layers.Count == 0; count--)
        {
            foreach (LayerSpec spec in Layers(shape))
            {
                if (Network.Create(input, [.. _layers, spec]) is { } network)
                {
                    shape = network.OutputShape;
                    _layers.Add(spec);
                    Name(shape);
                }
            }
        }
        if (Below(2) == 0 || _layers.All(layer => layer is FlattenSpec or DropoutSpec or GaussianNoiseSpec))
        {
            _layers.Add(Layer.Dense(2 + Below(9)));
        }
        Network made = Network.Create(input, [.. _layers]);
        Fill(made);
        return made;
    }

    /// <summary>Random weights, and means and variances as a training leaves them.</summary>
    public void Fill(Network network)
    {
        network.Initialize(_random);
        foreach (Layer layer in network.Layers)
        {
            foreach (Parameter parameter in layer.Parameters.Where(parameter => parameter.Role != ParameterRole.Weight))
            {
                foreach (ref float value in parameter.Of(network.Parameters))
                {
                    value = (float)_random.NextNormal() * 0.5f + (parameter.Role == ParameterRole.Scale ? 1 : 0);
                }
            }
            foreach (LayerBuffer buffer in layer.Buffers)
            {
                foreach (ref float value in buffer.Of(network.Buffers))
                {
                    value = buffer.InitialValue == 1 ? 0.3f + (float)_random.NextDouble() : (float)_random.NextNormal() * 0.3f;
                }
            }
        }
    }

    public float[] Samples(int count, int size) => [.. Enumerable.Range(0, count * size).Select(_ => (float)_random.NextNormal())];

    private IEnumerable<LayerSpec> Layers(Shape shape)
    {
        Activation activation = Pick(Activation.Identity, Activation.ReLU, Activation.Sigmoid, Activation.Tanh);
        bool isImage = shape.Count is 2 or 3;
        int height = shape[0], width = isImage ? shape[1] : 0, kernel = 1 + Below(3), padding = Below(2);
        switch (Below(isImage ? 22 : 13))
        {
            case 0 or 1: return [Layer.Dense(2 + Below(12), activation, bias: Below(3) > 0)];
            case 2: return shape.Count is 1 or 3 || shape[1] > 1 ? [Layer.BatchNormalization(activation, epsilon: Pick(1e-5, 1e-3))] : [];
            case 3: return shape.Count != 2 && shape[^1] > 1 ? [Layer.LayerNormalization(Pick(1e-5, 1e-3))] : [];
            case 4: return [Pick<LayerSpec>(Layer.LeakyReLU(0.2), Layer.GELU(), Layer.SiLU(), Layer.Softplus())];
            case 5: return [Pick<LayerSpec>(Layer.ReLU(), Layer.Sigmoid(), Layer.Tanh(), Layer.Clip(), Layer.Clip(-0.7, 0.4))];
            case 6: return [Pick<LayerSpec>(Layer.Rescaling(2.5, -0.25), Layer.Rescaling(0.3), Layer.Rescaling(1, 0.5))];
            case 7: return [Pick<LayerSpec>(Layer.Dropout(), Layer.GaussianNoise())];
            case 8: return [Layer.Flatten()];
            case 9 or 10:
                string[] same = [.. _values.Where(value => WithChannels(value.Shape).Equals(WithChannels(shape))).Select(value => value.Name)];
                return same.Length < 2 ? [] : [Layer.Add(Several(same)) with { Activation = activation }];
            case 11:
                string[] alike = [.. _values.Where(value => WithChannels(value.Shape).SkipLast(1).SequenceEqual(WithChannels(shape).SkipLast(1))).Select(value => value.Name)];
                return alike.Length < 2 ? [] : [Layer.Concatenate(Several(alike))];
            case 12: return shape.Count == 1 || Below(3) > 0 ? [] : [new ResidualSpec { Body = [Layer.Convolution2D(WithChannels(shape)[2], 3, 3, activation, padding: 1), Layer.BatchNormalization()], Activation = activation }];
            case 13 or 14 or 15: return Fits(kernel, padding) ? [Layer.Convolution2D(1 + Below(6), kernel, Math.Min(kernel + Below(2), width), activation, stride: 1 + Below(2), padding: padding, bias: Below(2) == 0)] : [];
            case 16: return Fits(kernel, padding) ? [Layer.DepthwiseConvolution2D(kernel, kernel, activation, stride: 1 + Below(2), padding: padding, bias: Below(2) == 0)] : [];
            case 17: return Fits(2, 0) ? [Layer.MaxPooling2D(2, 2, stride: Pick<int?>(null, 1), padding: Below(2))] : [];
            case 18: return Fits(3, 0) ? [Layer.AveragePooling2D(3, 2, stride: Pick<int?>(null, 1, 2), padding: Below(2))] : [];
            case 19: return height > 3 && width > 3 ? [Layer.Cropping2D(1, 0, Below(2), 1)] : [];
            case 20: return Below(3) == 0 ? [Layer.GlobalAveragePooling2D()] : [];
            default: return [Layer.Convolution2D(2 + Below(4), 1, 1, bias: false), Layer.BatchNormalization(activation)];
        }

        bool Fits(int window, int pad) => height + 2 * pad >= window + 1 && width + 2 * pad >= window + 1;
    }

    /// <summary>One or two of the names, and the last, which nobody else would read.</summary>
    private string[] Several(string[] names) => [.. names.SkipLast(1).Skip(Below(names.Length - 1)).Take(1 + Below(2)), names[^1]];

    private void Name(Shape shape)
    {
        string name = $"v{_layers.Count}";
        _layers[^1] = _layers[^1] with { Name = name };
        _values.Add((name, shape));
    }

    private static Shape WithChannels(Shape shape) => shape.Count == 2 ? [shape[0], shape[1], 1] : shape;

    private int Below(int limit) => _random.NextInt32(limit);

    private T Pick<T>(params ReadOnlySpan<T> choices) => choices[Below(choices.Length)];
}
