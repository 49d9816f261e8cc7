namespace Nabla.Tests.Export;

/// <summary>Networks of random layers and weights.</summary>
internal static class RandomNetworks
{
    /// <summary>A small network of up to eight layers, of images or of rows of numbers, branches and all.</summary>
    public static Network Draw(int seed)
    {
        for (int attempt = 0; ; attempt++)
        {
            System.Random random = new(1000 * seed + attempt);
            bool areImages = random.Next(3) > 0;
            Shape input = areImages ? random.Next(2) == 0 ? [random.Next(2, 9), random.Next(2, 9)] : [random.Next(2, 9), random.Next(2, 9), random.Next(1, 5)] : [random.Next(1, 40)];
            try
            {
                Network network = Network.Create(input, [.. Layers(random, areImages, random.Next(1, 9))]);
                network.Preprocessing = new Preprocessing
                {
                    ByteDivisor = random.Next(2) == 0 ? 255 : random.Next(1, 300),
                    FloatDivisor = random.Next(2) == 0 ? null : random.Next(1, 300),
                    Standardization = random.Next(2) == 0 ? null : new Standardization([random.NextSingle()], [0.1f + random.NextSingle()]),
                };
                network.Temperature = random.Next(2) == 0 ? 1 : 0.5 + random.NextDouble();
                return WithWeights(network, random, random.Next(3) switch { 0 => null, 1 => Loss.Quadratic, _ => Loss.SoftmaxCrossEntropy });
            }
            catch (ArgumentException)
            {
                // The layers do not fit together; the next may.
            }
        }
    }

    /// <summary>Gives a network weights, averages and a loss.</summary>
    public static Network WithWeights(Network network, System.Random random, Loss? loss)
    {
        foreach (Layer layer in network.Layers)
        {
            foreach (Parameter parameter in layer.Parameters)
            {
                float size = 1.5f / MathF.Sqrt(parameter.FanIn);
                foreach (ref float value in parameter.Of(network.Parameters))
                {
                    value = (2 * random.NextSingle() - 1) * (parameter.Role == ParameterRole.Weight ? size : 1);
                }
            }
            foreach (LayerBuffer buffer in layer.Buffers)
            {
                foreach (ref float value in buffer.Of(network.Buffers))
                {
                    value = buffer.Name.EndsWith("variance", StringComparison.Ordinal) ? 2 * random.NextSingle() : 2 * random.NextSingle() - 1;
                }
            }
        }
        network.Loss = loss;
        network.MarkInitialized();
        return network;
    }

    private static IEnumerable<LayerSpec> Layers(System.Random random, bool areImages, int count)
    {
        List<string> names = ["input"];
        for (int i = 0; i < count; i++)
        {
            LayerSpec layer = Draw(random, areImages, names);
            areImages &= layer is not (DenseSpec or FlattenSpec or GlobalAveragePooling2DSpec);
            string name = $"value{i}";
            names.Add(name);
            yield return layer with { Name = name };
        }
    }

    private static LayerSpec Draw(System.Random random, bool areImages, List<string> names)
    {
        Activation activation = (Activation)random.Next(4);
        return random.Next(areImages ? 0 : 8, 21) switch
        {
            0 or 1 => Layer.Convolution2D(random.Next(1, 20), random.Next(1, 4), random.Next(1, 4), activation, random.Next(1, 3), random.Next(3), random.Next(2) == 0),
            2 => Layer.DepthwiseConvolution2D(random.Next(1, 4), random.Next(1, 4), activation, random.Next(1, 3), random.Next(3), random.Next(2) == 0),
            3 => Layer.MaxPooling2D(random.Next(1, 4), random.Next(1, 4), random.Next(1, 4), random.Next(2)),
            4 => Layer.AveragePooling2D(random.Next(1, 4), random.Next(1, 4), random.Next(1, 4), random.Next(2)),
            5 => Layer.GlobalAveragePooling2D(),
            6 => Layer.Cropping2D(random.Next(2), random.Next(2), random.Next(2), random.Next(2)),
            7 => Layer.Flatten(),
            8 or 9 => Layer.Dense(random.Next(1, 40), activation, random.Next(2) == 0),
            10 => Layer.BatchNormalization(activation),
            11 => Layer.LayerNormalization(),
            12 => Layer.Dropout(),
            13 => Layer.LeakyReLU(random.NextDouble()),
            14 => Layer.GELU(),
            15 => random.Next(2) == 0 ? Layer.SiLU() : Layer.Softplus(),
            16 => Layer.Rescaling(1 + random.NextDouble(), random.NextDouble()),
            17 => Layer.Residual(Layer.Dropout(), Layer.BatchNormalization(activation)),
            18 => Layer.Clip(random.NextDouble() - 1, 1 + random.NextDouble()),
            19 => new ActivationSpec { Function = activation },
            // Of the last few values; most often they do not fit together.
            _ => random.Next(2) == 0 ? Layer.Concatenate(names[^1], names[^random.Next(1, Math.Min(4, names.Count + 1))]) : Layer.Add(names[^1], names[^random.Next(1, Math.Min(4, names.Count + 1))]),
        };
    }
}
