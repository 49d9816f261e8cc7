using System.Runtime.CompilerServices;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// Random numbers by counter, Philox4x32-10: any block of a stream is computed from its number alone, without those before it. So each sample of each
/// epoch has streams of its own, which any thread may draw in any order. Key: a seed of 64 bits. Counter: the block within the stream, the
/// sample's place, the epoch, the purpose, 32 bits each. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC11.
/// </summary>
/// <remarks>
/// All is integer and IEEE arithmetic, and logarithm and cosine are series of our own: the same bits on every platform. It is a value: a copy goes on
/// by itself, so pass it by reference. After 2³² blocks of four numbers a stream begins anew.
/// </remarks>
public struct Philox
{
    // The multipliers of the rounds, and what is added to the key before each round but the first: the golden ratio and √3 − 1, as the paper has them.
    internal const uint Multiplier0 = 0xd2511f53, Multiplier1 = 0xcd9e8d57;
    internal const uint KeyStep0 = 0x9e3779b9, KeyStep1 = 0xbb67ae85;
    internal const int Rounds = 10;

    private const int WordsPerBlock = 4;

    private readonly PhiloxKey _key;
    private uint _block;
    private PhiloxBlock _words;
    private int _left;

    /// <summary>The begin of a stream.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="place">Which sample, such as its place in the epoch's order.</param>
    /// <param name="epoch">Which epoch.</param>
    /// <param name="purpose">What the numbers are for, so that two users do not get the same.</param>
    public Philox(ulong seed, uint place = 0, uint epoch = 0, uint purpose = 0) => _key = new PhiloxKey(seed, place, epoch, purpose);

    /// <summary>What the blocks of the stream have in common.</summary>
    internal readonly PhiloxKey Key => _key;

    /// <summary>32 random bits.</summary>
    public uint NextUInt32()
    {
        if (_left == 0)
        {
            _words = _key.Block(_block++);
            _left = WordsPerBlock;
        }
        return _words[WordsPerBlock - _left--];
    }

    /// <summary>A uniform number in [0, 1) with 24 random bits, as many as a float has.</summary>
    public float NextSingle() => (NextUInt32() >> 8) * (1f / (1 << 24));

    /// <summary>A uniform number in [0, 1) with 53 random bits, as many as a double has.</summary>
    public double NextDouble()
    {
        ulong high = NextUInt32() >> 5, low = NextUInt32() >> 6;
        return ((high << 26) | low) * (1.0 / (1L << 53));
    }

    /// <summary>A uniform number in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public float NextUniform(float low, float high) => low + (high - low) * NextSingle();

    /// <summary>
    /// A uniform whole number in [0, <paramref name="count"/>), each as likely as the others: D. Lemire, "Fast random integer generation in an interval", ACM TOMACS 29(1), 2019.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public int NextBelow(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ulong product = (ulong)NextUInt32() * (uint)count;
        // Of the 2³² draws, 2³² mod count are too many; which ones, the lower half tells.
        if ((uint)product < (uint)count)
        {
            uint tooMany = (uint)-count % (uint)count;
            while ((uint)product < tooMany)
            {
                product = (ulong)NextUInt32() * (uint)count;
            }
        }
        return (int)(product >> 32);
    }

    /// <summary>
    /// A standard normal number, at most 6.8 from 0: G. Box and M. Muller, "A note on the generation of random normal deviates", 1958. Of the two numbers
    /// that the method makes the second is not kept, so that a stream has no more state than its place.
    /// </summary>
    public float NextNormal()
    {
        (float first, _) = NextNormals();
        return first;
    }

    /// <summary>Fills numbers with random bits: as many calls of <see cref="NextUInt32"/>.</summary>
    public void Fill(Span<uint> numbers)
    {
        foreach (ref uint number in numbers)
        {
            number = NextUInt32();
        }
    }

    /// <summary>Fills numbers with uniform ones in [0, 1): as many calls of <see cref="NextSingle"/>.</summary>
    public void Fill(Span<float> numbers)
    {
        foreach (ref float number in numbers)
        {
            number = NextSingle();
        }
    }

    /// <summary>Fills numbers with standard normal ones, two for each two draws: half of the work of <see cref="NextNormal"/>, and other numbers.</summary>
    public void FillNormal(Span<float> numbers)
    {
        for (int i = 0; i < numbers.Length; i += 2)
        {
            (numbers[i], float second) = NextNormals();
            if (i + 1 < numbers.Length)
            {
                numbers[i + 1] = second;
            }
        }
    }

    /// <summary>A number from Beta(α, α), from 0 to 1: G₁ / (G₁ + G₂) of two from the gamma distribution.</summary>
    /// <param name="alpha">α, above 0.</param>
    internal float NextBeta(float alpha)
    {
        // By logarithms: with a small α both are below what a float can hold.
        float first = NextLogGamma(alpha), second = NextLogGamma(alpha);
        return Elementary.Sigmoid(first - second);
    }

    /// <summary>
    /// The logarithm of a number from the gamma distribution: G. Marsaglia and W. Tsang, "A simple method for generating gamma variables", ACM TOMS 26(3), 2000, with
    /// shape + 1; a number of that times U^(1 / shape) has the shape asked for.
    /// </summary>
    private float NextLogGamma(float shape)
    {
        float d = shape + (1 - 1f / 3), c = 1 / MathF.Sqrt(9 * d);
        while (true)
        {
            float x = NextNormal(), root = 1 + c * x;
            float v = root * root * root, u = NextOpen();
            if (v > 0 && Elementary.Log(u) < 0.5f * x * x + d - d * v + d * Elementary.Log(v))
            {
                return Elementary.Log(d * v) + Elementary.Log(NextOpen()) / shape;
            }
        }
    }

    private (float First, float Second) NextNormals()
    {
        float radius = MathF.Sqrt(-2 * Elementary.Log(NextOpen()));
        (float sine, float cosine) = Elementary.SineAndCosine(NextSingle());
        return (radius * cosine, radius * sine);
    }

    /// <summary>A uniform number in (0, 1], with 32 random bits: near 0, where a logarithm is steep, they are all there.</summary>
    private float NextOpen() => (float)((NextUInt32() + 0.5) * (1.0 / (1L << 32)));
}

/// <summary>All of a counter but the block, and the key.</summary>
/// <param name="Seed">The key.</param>
/// <param name="Place">The second word of the counter.</param>
/// <param name="Epoch">The third word.</param>
/// <param name="Purpose">The fourth word.</param>
internal readonly record struct PhiloxKey(ulong Seed, uint Place, uint Epoch, uint Purpose)
{
    /// <summary>The four numbers of a block: the definition of what kernels compute.</summary>
    /// <param name="block">Its number, the first word of the counter.</param>
    public PhiloxBlock Block(uint block)
    {
        uint c0 = block, c1 = Place, c2 = Epoch, c3 = Purpose, k0 = (uint)Seed, k1 = (uint)(Seed >> 32);
        for (int round = 0; round < Philox.Rounds; round++)
        {
            ulong product0 = (ulong)c0 * Philox.Multiplier0, product1 = (ulong)c2 * Philox.Multiplier1;
            (c0, c1, c2, c3) = ((uint)(product1 >> 32) ^ c1 ^ k0, (uint)product1, (uint)(product0 >> 32) ^ c3 ^ k1, (uint)product0);
            k0 += Philox.KeyStep0;
            k1 += Philox.KeyStep1;
        }
        PhiloxBlock words = default;
        (words[0], words[1], words[2], words[3]) = (c0, c1, c2, c3);
        return words;
    }
}

/// <summary>Four random numbers.</summary>
[InlineArray(4)]
internal struct PhiloxBlock
{
    private uint _first;
}
