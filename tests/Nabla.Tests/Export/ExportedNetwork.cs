using System.Reflection;

namespace Nabla.Tests.Export;

/// <summary>An instance of a class that a network was exported to, and the comparison with the network itself.</summary>
internal sealed class ExportedNetwork
{
    private readonly object _instance;
    private readonly FromBytes? _fromBytes;
    private readonly FromFloats? _fromFloats;
    private readonly OneFromBytes? _oneFromBytes;
    private readonly OneFromFloats? _oneFromFloats;

    public ExportedNetwork(Assembly assembly, string className = "NeuralNetwork")
    {
        Type = assembly.GetType(className, throwOnError: true)!;
        _instance = Activator.CreateInstance(Type)!;
        _fromBytes = Find<FromBytes>(typeof(ReadOnlySpan<byte>), typeof(Span<float>));
        _fromFloats = Find<FromFloats>(typeof(ReadOnlySpan<float>), typeof(Span<float>));
        _oneFromBytes = Find<OneFromBytes>(typeof(ReadOnlySpan<byte>));
        _oneFromFloats = Find<OneFromFloats>(typeof(ReadOnlySpan<float>));
    }

    private delegate int FromBytes(ReadOnlySpan<byte> pixels, Span<float> scores);

    private delegate int FromFloats(ReadOnlySpan<float> sample, Span<float> scores);

    private delegate float OneFromBytes(ReadOnlySpan<byte> pixels);

    private delegate float OneFromFloats(ReadOnlySpan<float> sample);

    public Type Type { get; }

    public bool TakesBytes => _fromBytes is not null || _oneFromBytes is not null;

    /// <summary>Compares it with a network on bytes and on floats of all sorts.</summary>
    public void AssertSameBits(string what, Network network, System.Random random)
    {
        int size = network.InputShape.Size;
        for (int sample = 0; sample < 6; sample++)
        {
            byte[] pixels = new byte[size];
            float[] numbers = new float[size];
            for (int i = 0; i < size; i++)
            {
                // Blanks, as digits have them, in some samples; in others numbers of all sizes.
                pixels[i] = sample % 2 == 0 && random.Next(3) > 0 ? (byte)0 : (byte)random.Next(256);
                numbers[i] = sample switch
                {
                    0 => 0,
                    1 => (float)(random.NextDouble() * 2 - 1),
                    2 => (float)(random.NextDouble() * 2 - 1) * (random.Next(2) == 0 ? 0 : 1),
                    3 => (float)((random.NextDouble() * 2 - 1) * Math.Pow(10, random.Next(-45, 5))),
                    4 => (float)((random.NextDouble() * 2 - 1) * 1e-38),
                    _ => (float)((random.NextDouble() * 2 - 1) * 100),
                };
            }
            if (TakesBytes)
            {
                float[] expected = new float[network.OutputShape.Size], actual = new float[expected.Length];
                network.Score(pixels, expected);
                int label = Predict(pixels, actual);
                AssertSame(expected, actual, $"{what}, bytes {sample}");
                Assert.Equal(network.Predict(pixels).Label, label);
            }
            AssertSameBits(what, network, numbers);
        }
    }

    /// <summary>Compares it with a network on one sample.</summary>
    public void AssertSameBits(string what, Network network, float[] numbers)
    {
        float[] expected = new float[network.OutputShape.Size], actual = new float[expected.Length];
        network.Score(numbers, expected);
        int label = Predict(numbers, actual);
        AssertSame(expected, actual, what);
        Assert.Equal(network.Predict(numbers).Label, label);
    }

    public int Predict(ReadOnlySpan<byte> pixels, Span<float> scores)
    {
        if (_fromBytes is not null)
        {
            return _fromBytes(pixels, scores);
        }
        scores[0] = _oneFromBytes!(pixels);
        return 0;
    }

    public int Predict(ReadOnlySpan<float> sample, Span<float> scores)
    {
        if (_fromFloats is not null)
        {
            return _fromFloats(sample, scores);
        }
        scores[0] = _oneFromFloats!(sample);
        return 0;
    }

    /// <summary>The names in one of its fields.</summary>
    public string[] Names(string field) => (string[])Type.GetField(field)!.GetValue(null)!;

    private T? Find<T>(params Type[] parameters)
        where T : Delegate
    {
        MethodInfo? method = Type.GetMethod("Predict", parameters);
        return method?.ReturnType == typeof(T).GetMethod("Invoke")!.ReturnType ? method.CreateDelegate<T>(_instance) : null;
    }

    /// <summary>The same bits; NaN equals NaN, and a zero a zero of the other sign.</summary>
    private static void AssertSame(float[] expected, float[] actual, string what)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(expected[i].Equals(actual[i]), $"{what}: score {i} is {actual[i]:R}, expected {expected[i]:R}");
        }
    }
}
