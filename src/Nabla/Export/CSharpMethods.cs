namespace Nabla;

/// <summary>A method of exported C# source.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Needs">The methods that it calls.</param>
/// <param name="Text">It itself, as it stands in the file.</param>
internal sealed record CSharpMethod(string Name, string[] Needs, string Text);

/// <summary>
/// What layers compute, as methods in C# 9 for .NET Standard 2.1: the scalar twins of the kernels in <c>Numerics</c>, in the same order of the same operations, so with the same bits.
/// A file gets those that its network needs.
/// </summary>
internal static class CSharpMethods
{
    private static readonly CSharpMethod[] InOrder =
    [
        new("Standardize", [], """
            /// <summary>Shifts and scales each number of a sample: (x − mean) · scale, over and over.</summary>
            private static void Standardize(Span<float> values, ReadOnlySpan<float> mean, ReadOnlySpan<float> scale)
            {
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = (values[i] - mean[i % mean.Length]) * scale[i % mean.Length];
                }
            }
            """),
        new("Dense", ["Start", "AddProducts"], """
            /// <summary>output = bias + input · weights [inputs, outputs].</summary>
            private static void Dense(ReadOnlySpan<float> input, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, Span<float> output)
            {
                Start(output, bias);
                for (int i = 0; i < input.Length; i++)
                {
                    AddProducts(output, input[i], weights.Slice(i * output.Length, output.Length));
                }
            }
            """),
        new("Convolution2D", ["Start", "AddProducts"], """
            /// <summary>A convolution over an image [height, width, channels] with kernels [kernelHeight, kernelWidth, channels, filters].</summary>
            private static void Convolution2D(
                ReadOnlySpan<float> input, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, Span<float> output,
                int height, int width, int channels, int filters, int kernelHeight, int kernelWidth, int stride, int padding)
            {
                int at = 0;
                for (int top = -padding; top <= height + padding - kernelHeight; top += stride)
                {
                    for (int left = -padding; left <= width + padding - kernelWidth; left += stride, at += filters)
                    {
                        Span<float> sums = output.Slice(at, filters);
                        Start(sums, bias);
                        // Only what lies in the image: around it are zeros.
                        for (int row = Math.Max(top, 0); row < Math.Min(top + kernelHeight, height); row++)
                        {
                            for (int column = Math.Max(left, 0); column < Math.Min(left + kernelWidth, width); column++)
                            {
                                ReadOnlySpan<float> pixel = input.Slice((row * width + column) * channels, channels);
                                int kernel = ((row - top) * kernelWidth + column - left) * channels;
                                for (int channel = 0; channel < channels; channel++)
                                {
                                    AddProducts(sums, pixel[channel], weights.Slice((kernel + channel) * filters, filters));
                                }
                            }
                        }
                    }
                }
            }
            """),
        new("DepthwiseConvolution2D", ["Start", "MultiplyAdd"], """
            /// <summary>A convolution in which each channel keeps to itself, with kernels [kernelHeight, kernelWidth, channels].</summary>
            private static void DepthwiseConvolution2D(
                ReadOnlySpan<float> input, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, Span<float> output,
                int height, int width, int channels, int kernelHeight, int kernelWidth, int stride, int padding)
            {
                int at = 0;
                for (int top = -padding; top <= height + padding - kernelHeight; top += stride)
                {
                    for (int left = -padding; left <= width + padding - kernelWidth; left += stride, at += channels)
                    {
                        Span<float> sums = output.Slice(at, channels);
                        Start(sums, bias);
                        // Only what lies in the image: around it are zeros.
                        for (int row = Math.Max(top, 0); row < Math.Min(top + kernelHeight, height); row++)
                        {
                            for (int column = Math.Max(left, 0); column < Math.Min(left + kernelWidth, width); column++)
                            {
                                ReadOnlySpan<float> pixel = input.Slice((row * width + column) * channels, channels);
                                ReadOnlySpan<float> kernel = weights.Slice(((row - top) * kernelWidth + column - left) * channels, channels);
                                for (int channel = 0; channel < channels; channel++)
                                {
                                    sums[channel] = MultiplyAdd(pixel[channel], kernel[channel], sums[channel]);
                                }
                            }
                        }
                    }
                }
            }
            """),
        new("MaxPooling2D", [], """
            /// <summary>The greatest number of each window over an image [height, width, channels], channel by channel.</summary>
            private static void MaxPooling2D(
                ReadOnlySpan<float> input, Span<float> output,
                int height, int width, int channels, int windowHeight, int windowWidth, int strideDown, int strideAcross, int padding)
            {
                int at = 0;
                for (int top = -padding; top <= height + padding - windowHeight; top += strideDown)
                {
                    for (int left = -padding; left <= width + padding - windowWidth; left += strideAcross, at += channels)
                    {
                        Span<float> greatest = output.Slice(at, channels);
                        greatest.Fill(float.NegativeInfinity);
                        for (int row = Math.Max(top, 0); row < Math.Min(top + windowHeight, height); row++)
                        {
                            for (int column = Math.Max(left, 0); column < Math.Min(left + windowWidth, width); column++)
                            {
                                ReadOnlySpan<float> pixel = input.Slice((row * width + column) * channels, channels);
                                for (int channel = 0; channel < channels; channel++)
                                {
                                    greatest[channel] = MathF.Max(greatest[channel], pixel[channel]);
                                }
                            }
                        }
                    }
                }
            }
            """),
        new("AveragePooling2D", [], """
            /// <summary>The average of each window over an image [height, width, channels], channel by channel, over those of its pixels that lie in the image.</summary>
            private static void AveragePooling2D(
                ReadOnlySpan<float> input, Span<float> output,
                int height, int width, int channels, int windowHeight, int windowWidth, int strideDown, int strideAcross, int padding)
            {
                int at = 0;
                for (int top = -padding; top <= height + padding - windowHeight; top += strideDown)
                {
                    for (int left = -padding; left <= width + padding - windowWidth; left += strideAcross, at += channels)
                    {
                        Span<float> average = output.Slice(at, channels);
                        average.Clear();
                        int firstRow = Math.Max(top, 0), endRow = Math.Min(top + windowHeight, height);
                        int firstColumn = Math.Max(left, 0), endColumn = Math.Min(left + windowWidth, width);
                        for (int row = firstRow; row < endRow; row++)
                        {
                            for (int column = firstColumn; column < endColumn; column++)
                            {
                                ReadOnlySpan<float> pixel = input.Slice((row * width + column) * channels, channels);
                                for (int channel = 0; channel < channels; channel++)
                                {
                                    average[channel] += pixel[channel];
                                }
                            }
                        }
                        float share = 1f / ((endRow - firstRow) * (endColumn - firstColumn));
                        for (int channel = 0; channel < channels; channel++)
                        {
                            average[channel] *= share;
                        }
                    }
                }
            }
            """),
        new("Crop", [], """
            /// <summary>The part of an image, rows of rowLength numbers, that is left when its border is cut off.</summary>
            private static void Crop(ReadOnlySpan<float> input, Span<float> output, int rowLength, int top, int left, int keptRows, int keptLength)
            {
                for (int row = 0; row < keptRows; row++)
                {
                    input.Slice((top + row) * rowLength + left, keptLength).CopyTo(output.Slice(row * keptLength));
                }
            }
            """),
        new("PutBeside", [], """
            /// <summary>Copies rows of some width into wider rows, from a column on.</summary>
            private static void PutBeside(ReadOnlySpan<float> input, Span<float> output, int width, int outputWidth, int column)
            {
                for (int row = 0; row * outputWidth < output.Length; row++)
                {
                    input.Slice(row * width, width).CopyTo(output.Slice(row * outputWidth + column));
                }
            }
            """),
        new("Add", [], """
            /// <summary>sums = first + second.</summary>
            private static void Add(ReadOnlySpan<float> first, ReadOnlySpan<float> second, Span<float> sums)
            {
                for (int i = 0; i < sums.Length; i++)
                {
                    sums[i] = first[i] + second[i];
                }
            }
            """),
        new("NormalizeChannels", ["MultiplyAdd"], """
            /// <summary>output = (input − mean) · factor + offset, channel by channel: batch normalisation by the averages that training kept.</summary>
            private static void NormalizeChannels(
                ReadOnlySpan<float> input, ReadOnlySpan<float> mean, ReadOnlySpan<float> factor, ReadOnlySpan<float> offset, Span<float> output)
            {
                for (int at = 0; at < output.Length; at += mean.Length)
                {
                    for (int channel = 0; channel < mean.Length; channel++)
                    {
                        output[at + channel] = MultiplyAdd(input[at + channel] - mean[channel], factor[channel], offset[channel]);
                    }
                }
            }
            """),
        new("NormalizeRows", ["SumOfChains", "MultiplyAdd"], """
            /// <summary>
            /// Each row less its mean, divided by its standard deviation, times scale, plus offset: layer normalisation. A sum is that of 16 chains, each of
            /// every 16th number.
            /// </summary>
            private static void NormalizeRows(ReadOnlySpan<float> input, ReadOnlySpan<float> scale, ReadOnlySpan<float> offset, float epsilon, Span<float> output)
            {
                Span<float> chains = stackalloc float[16];
                int width = scale.Length;
                for (int at = 0; at < output.Length; at += width)
                {
                    ReadOnlySpan<float> row = input.Slice(at, width);
                    chains.Clear();
                    for (int i = 0; i < width; i++)
                    {
                        chains[i % 16] += row[i];
                    }
                    float mean = SumOfChains(chains) / width;
                    chains.Clear();
                    for (int i = 0; i < width; i++)
                    {
                        float distance = row[i] - mean;
                        chains[i % 16] = MultiplyAdd(distance, distance, chains[i % 16]);
                    }
                    float variance = SumOfChains(chains) / width;
                    float perDeviation = 1 / MathF.Sqrt(variance + epsilon);
                    for (int i = 0; i < width; i++)
                    {
                        output[at + i] = MultiplyAdd((row[i] - mean) * perDeviation, scale[i], offset[i]);
                    }
                }
            }
            """),
        new("SumOfChains", [], """
            /// <summary>The upper half of the chains is added to the lower, until one is left.</summary>
            private static float SumOfChains(Span<float> chains)
            {
                for (int half = chains.Length / 2; half > 0; half /= 2)
                {
                    for (int i = 0; i < half; i++)
                    {
                        chains[i] += chains[i + half];
                    }
                }
                return chains[0];
            }
            """),
        new("ReLU", [], """
            /// <summary>max(0, x) of each number.</summary>
            private static void ReLU(Span<float> values)
            {
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = MathF.Max(values[i], 0);
                }
            }
            """),
        new("Sigmoid", ["Exp"], """
            /// <summary>1 / (1 + e⁻ˣ) of each number.</summary>
            private static void Sigmoid(Span<float> values)
            {
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = 1 / (1 + Exp(0 - values[i]));
                }
            }
            """),
        new("Tanh", ["ExpMinusOneOfRemainder", "PowerOfTwo", "MultiplyAdd"], """
            /// <summary>Hyperbolic tangent of each number: t / (t + 2) with t = e²ˣ − 1, exactly ±1 from ±10 on.</summary>
            private static void Tanh(Span<float> values)
            {
                for (int i = 0; i < values.Length; i++)
                {
                    float x = values[i];
                    float twice = MathF.Min(MathF.Abs(x), 10) * 2;
                    float n = MathF.Round(twice * 1.44269504f);
                    float power = PowerOfTwo(n);
                    float t = MultiplyAdd(power, ExpMinusOneOfRemainder(twice, n), power - 1);
                    float size = t / (t + 2);
                    bool isNegative = BitConverter.SingleToInt32Bits(x) < 0;
                    values[i] = isNegative ? -size : size;
                }
            }
            """),
        new("Clip", [], """
            /// <summary>x, but at least the minimum and at most the maximum.</summary>
            private static void Clip(ReadOnlySpan<float> input, float minimum, float maximum, Span<float> output)
            {
                for (int i = 0; i < output.Length; i++)
                {
                    output[i] = Math.Min(Math.Max(input[i], minimum), maximum);
                }
            }
            """),
        new("LeakyReLU", [], """
            /// <summary>x above zero, else slope · x.</summary>
            private static void LeakyReLU(ReadOnlySpan<float> input, float slope, Span<float> output)
            {
                for (int i = 0; i < output.Length; i++)
                {
                    output[i] = input[i] > 0 ? input[i] : slope * input[i];
                }
            }
            """),
        new("GELU", ["NormalBelow"], """
            /// <summary>x · Φ(x) of each number, with Φ(x) the share of a normal distribution below x.</summary>
            private static void GELU(ReadOnlySpan<float> input, Span<float> output)
            {
                for (int i = 0; i < output.Length; i++)
                {
                    output[i] = MathF.Max(input[i], -20) * NormalBelow(input[i]);
                }
            }
            """),
        new("SiLU", ["Exp"], """
            /// <summary>x / (1 + e⁻ˣ) of each number.</summary>
            private static void SiLU(ReadOnlySpan<float> input, Span<float> output)
            {
                for (int i = 0; i < output.Length; i++)
                {
                    float x = input[i], power = Exp(0 - MathF.Abs(x));
                    float dividend = x > 0 ? x : MathF.Max(x, -104) * power;
                    output[i] = dividend / (1 + power);
                }
            }
            """),
        new("Softplus", ["Exp", "LogOnePlus"], """
            /// <summary>ln(1 + eˣ) of each number, as max(x, 0) + ln(1 + e^−|x|).</summary>
            private static void Softplus(ReadOnlySpan<float> input, Span<float> output)
            {
                for (int i = 0; i < output.Length; i++)
                {
                    output[i] = MathF.Max(input[i], 0) + LogOnePlus(Exp(0 - MathF.Abs(input[i])));
                }
            }
            """),
        new("Rescale", [], """
            /// <summary>input · scale + offset, rounded twice.</summary>
            private static void Rescale(ReadOnlySpan<float> input, float scale, float offset, Span<float> output)
            {
                for (int i = 0; i < output.Length; i++)
                {
                    float scaled = input[i] * scale;
                    output[i] = scaled + offset;
                }
            }
            """),
        new("AddProbabilities", ["Exp"], """
            /// <summary>Adds the softmax of some logits to sums.</summary>
            private static void AddProbabilities(ReadOnlySpan<float> logits, Span<float> sums)
            {
                float greatest = float.NegativeInfinity, sum = 0;
                for (int i = 0; i < logits.Length; i++)
                {
                    greatest = MathF.Max(greatest, logits[i]);
                }
                for (int i = 0; i < logits.Length; i++)
                {
                    sum += Exp(logits[i] - greatest);
                }
                for (int i = 0; i < logits.Length; i++)
                {
                    float probability = Exp(logits[i] - greatest) / sum;
                    sums[i] += probability;
                }
            }
            """),
        new("LogOfMean", ["Log"], """
            /// <summary>The natural logarithm of each sum over the number of its terms.</summary>
            private static void LogOfMean(Span<float> sums, int terms)
            {
                for (int i = 0; i < sums.Length; i++)
                {
                    sums[i] = Log(MathF.Max(sums[i] / terms, 1e-37f));
                }
            }
            """),
        new("Multiply", [], """
            /// <summary>Multiplies each number by a factor.</summary>
            private static void Multiply(Span<float> values, float factor)
            {
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] *= factor;
                }
            }
            """),
        new("Softmax", ["Exp"], """
            /// <summary>From logits to probabilities: eˣ over the sum of all eˣ.</summary>
            private static void Softmax(Span<float> logits)
            {
                float greatest = logits[0], sum = 0;
                for (int i = 1; i < logits.Length; i++)
                {
                    greatest = MathF.Max(greatest, logits[i]);
                }
                for (int i = 0; i < logits.Length; i++)
                {
                    logits[i] = Exp(logits[i] - greatest);
                    sum += logits[i];
                }
                for (int i = 0; i < logits.Length; i++)
                {
                    logits[i] /= sum;
                }
            }
            """),
        new("IndexOfGreatest", [], """
            /// <summary>Index of the greatest number, the first of equals; what is not a number is below all.</summary>
            private static int IndexOfGreatest(ReadOnlySpan<float> values)
            {
                int best = 0;
                for (int i = 1; i < values.Length; i++)
                {
                    if (values[i] > values[best] || (float.IsNaN(values[best]) && !float.IsNaN(values[i])))
                    {
                        best = i;
                    }
                }
                return best;
            }
            """),
        new("Start", [], """
            /// <summary>What sums begin with: the bias, or zeros where there is none.</summary>
            private static void Start(Span<float> sums, ReadOnlySpan<float> bias)
            {
                if (bias.IsEmpty)
                {
                    sums.Clear();
                }
                else
                {
                    bias.CopyTo(sums);
                }
            }
            """),
        new("AddProducts", ["MultiplyAdd"], """
            /// <summary>sums += factor · weights, each with one rounding; a factor of zero adds nothing.</summary>
            private static void AddProducts(Span<float> sums, float factor, ReadOnlySpan<float> weights)
            {
                if (factor == 0)
                {
                    return;
                }
                int i = 0;
            #if NET9_0_OR_GREATER
                Vector<float> factors = new Vector<float>(factor);
                for (; i <= sums.Length - Vector<float>.Count; i += Vector<float>.Count)
                {
                    Vector<float> some = Vector.FusedMultiplyAdd(factors, new Vector<float>(weights.Slice(i)), new Vector<float>(sums.Slice(i)));
                    some.CopyTo(sums.Slice(i));
                }
            #endif
                for (; i < sums.Length; i++)
                {
                    sums[i] = MultiplyAdd(factor, weights[i], sums[i]);
                }
            }
            """),
        new("Exp", ["ExpMinusOneOfRemainder", "PowerOfTwo"], """
            /// <summary>eˣ, by a series of its own so that it has the same bits everywhere: 0 below about −104, infinity above about 88.7.</summary>
            private static float Exp(float x)
            {
                x = MathF.Min(MathF.Max(x, -104), 89);
                float n = MathF.Round(x * 1.44269504f);
                float power = ExpMinusOneOfRemainder(x, n) + 1;
                // 2ⁿ as a product of two factors: n is beyond a float's exponents.
                float half = MathF.Round(n * 0.5f);
                power *= PowerOfTwo(half);
                return power * PowerOfTwo(n - half);
            }
            """),
        new("ExpMinusOneOfRemainder", ["MultiplyAdd"], """
            /// <summary>eʳ − 1 with r = x − n · ln 2, by its Taylor series; ln 2 in two parts, so that little is lost.</summary>
            private static float ExpMinusOneOfRemainder(float x, float n)
            {
                float r = MultiplyAdd(n, -0.693359375f, x);
                r = MultiplyAdd(n, 2.12194440e-4f, r);
                float series = MultiplyAdd(r, 1f / 5040, 1f / 720);
                series = MultiplyAdd(r, series, 1f / 120);
                series = MultiplyAdd(r, series, 1f / 24);
                series = MultiplyAdd(r, series, 1f / 6);
                series = MultiplyAdd(r, series, 1f / 2);
                return MultiplyAdd(r * r, series, r);
            }
            """),
        new("PowerOfTwo", [], """
            /// <summary>2 to the power of a whole number from −126 to 127.</summary>
            private static float PowerOfTwo(float exponent) => BitConverter.Int32BitsToSingle(((int)exponent + 127) << 23);
            """),
        new("NormalBelow", ["Exp", "MultiplyAdd"], """
            /// <summary>
            /// Φ(x), the share of a normal distribution below x: with u = |x|, Φ(−u) is e^(−u²/2) times a factor that falls slowly, a polynomial of 4 / (4 + u).
            /// </summary>
            private static float NormalBelow(float x)
            {
                float u = MathF.Min(MathF.Abs(x), 20);
                float square = u * u;
                float rest = MultiplyAdd(u, u, 0 - square);
                float power = Exp(square * -0.5f);
                power = MultiplyAdd(power, rest * -0.5f, power);
                float s = 4 / (4 + u);
                float v = s - 0.5f;
                float series = MultiplyAdd(v, 0.01538360334f, 0.01288075074f);
                series = MultiplyAdd(v, series, -0.05031417214f);
                series = MultiplyAdd(v, series, -0.05641893921f);
                series = MultiplyAdd(v, series, 0.06023400562f);
                series = MultiplyAdd(v, series, 0.2416267549f);
                series = MultiplyAdd(v, series, 0.3730453698f);
                series = MultiplyAdd(v, series, 0.3871366841f);
                series = MultiplyAdd(v, series, 0.3039483091f);
                series = MultiplyAdd(v, series, 0.1888212846f);
                float factor = s * series;
                float tail = power * factor;
                return x > 0 ? 1 - tail : tail;
            }
            """),
        new("LogOnePlus", ["MultiplyAdd"], """
            /// <summary>ln(1 + z) of a z from 0 to 1: with s = z / (2 + z), 2 · (s + s³/3 + s⁵/5 + …).</summary>
            private static float LogOnePlus(float z)
            {
                float s = z / (2 + z);
                float square = s * s;
                float series = MultiplyAdd(square, 1f / 15, 1f / 13);
                series = MultiplyAdd(square, series, 1f / 11);
                series = MultiplyAdd(square, series, 1f / 9);
                series = MultiplyAdd(square, series, 1f / 7);
                series = MultiplyAdd(square, series, 1f / 5);
                series = MultiplyAdd(square, series, 1f / 3);
                float twice = s + s;
                return MultiplyAdd(twice * square, series, twice);
            }
            """),
        new("Log", ["MultiplyAdd"], """
            /// <summary>Natural logarithm of a normal number above zero: with m its mantissa from √½ on and s = (m − 1) / (m + 1), ln m = 2 · (s + s³/3 + s⁵/5 + …).</summary>
            private static float Log(float x)
            {
                if (float.IsNaN(x))
                {
                    return x;
                }
                const int BitsOfSqrtHalf = 0x3f3504f3;
                int aboveSqrtHalf = BitConverter.SingleToInt32Bits(x) - BitsOfSqrtHalf;
                float exponent = aboveSqrtHalf >> 23;
                float m = BitConverter.Int32BitsToSingle((aboveSqrtHalf & 0x007fffff) + BitsOfSqrtHalf);
                float f = m - 1;
                float s = f / (m + 1);
                float square = s * s;
                float series = MultiplyAdd(square, 1f / 9, 1f / 7);
                series = MultiplyAdd(square, series, 1f / 5);
                series = MultiplyAdd(square, series, 1f / 3);
                float cubes = 2 * s * square;
                float small = MultiplyAdd(cubes, series, -s * f);
                float low = MultiplyAdd(exponent, -2.12194440e-4f, small) + f;
                return MultiplyAdd(exponent, 0.693359375f, low);
            }
            """),
        new("MultiplyAdd", [], """
            /// <summary>a · b + c with one rounding.</summary>
            private static float MultiplyAdd(float a, float b, float c)
            {
            #if NET5_0_OR_GREATER
                return MathF.FusedMultiplyAdd(a, b, c);
            #else
                // The product of two floats is exact as a double. The sum is rounded to a double and then to a float, which can be wrong only where the
                // double lies half way between two floats, or is too small for all digits of a float. There the double is made odd first: S. Boldo
                // and G. Melquiond, "Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd", 2008.
                double product = (double)a * b;
                double sum = product + c;
                long bits = BitConverter.DoubleToInt64Bits(sum);
                if ((bits & 0x1FFFFFFF) == 0x10000000 || Math.Abs(sum) < 1.2e-38)
                {
                    double ofSum = sum - product;
                    double error = (product - (sum - ofSum)) + (c - ofSum);
                    if (error != 0 && (bits & 1) == 0)
                    {
                        bool isFartherFromZero = (error > 0) == (sum > 0);
                        sum = BitConverter.Int64BitsToDouble(isFartherFromZero ? bits + 1 : bits - 1);
                    }
                }
                return (float)sum;
            #endif
            }
            """),
    ];

    private static readonly Dictionary<string, CSharpMethod> ByName = InOrder.ToDictionary(method => method.Name);

    /// <summary>Names that mean something in an exported file: what stands around them cannot be called so.</summary>
    public static IReadOnlySet<string> TakenNames { get; } = new HashSet<string>(
    [
        .. InOrder.Select(method => method.Name),
        "Predict", "Compute", "Weights", "_values", "InputLength", "OutputLength", "ClassNames", "InputNames", "ThrowUnlessFits",
        "System", "ReadOnlySpan", "Span", "Math", "MathF", "BitConverter", "MemoryMarshal", "Vector", "ArgumentException", "PlatformNotSupportedException",
    ]);

    /// <summary>Some methods and all that these call, in the order in which they stand in a file.</summary>
    public static IEnumerable<CSharpMethod> With(IEnumerable<string> names)
    {
        HashSet<string> needed = [];
        Stack<string> open = new(names);
        while (open.TryPop(out string? name))
        {
            if (needed.Add(name))
            {
                Array.ForEach(ByName[name].Needs, open.Push);
            }
        }
        return InOrder.Where(method => needed.Contains(method.Name));
    }
}
