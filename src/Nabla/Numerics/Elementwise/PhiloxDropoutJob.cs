using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Numerics;

/// <summary>
/// Dropout by counter: makes the mask of each sample from its own stream and applies it, in one pass. 16 random bits decide over a value. Eight
/// blocks of the stream decide over 64 values: value i of them has half i / 8 of block i mod 8, the low half of a word before its high one. So eight
/// counters are computed at once where the processor can, and each bit is used.
/// </summary>
internal unsafe ref struct PhiloxDropoutJob : IJob
{
    /// <summary>The values that eight blocks decide over.</summary>
    public const int GroupSize = 64;

    private const int Lanes = 8;

    /// <summary>Where the samples draw from.</summary>
    public SampleRandom Random;

    /// <summary>Index of the layer.</summary>
    public int Layer;

    /// <summary>[rows, width].</summary>
    public float* Input;

    /// <summary>Receives what each value is multiplied by: [rows, width].</summary>
    public float* Mask;

    /// <summary>[rows, width].</summary>
    public float* Output;

    public int Rows;
    public int Width;

    /// <summary>A value is dropped where its 16 bits are below this.</summary>
    public int Threshold;

    /// <summary>The mask's number where a value stays.</summary>
    public float Scale;

    public readonly void Run(int part, int parts)
    {
        for (int row = (int)((long)Rows * part / parts); row < (int)((long)Rows * (part + 1) / parts); row++)
        {
            RunRow(Random.ForLayer(row, Layer).Key, row * (nint)Width);
        }
    }

    /// <summary>The threshold at which a share of values is dropped. Not all: what is left of few would be nothing at all.</summary>
    public static int ThresholdOf(double rate) => Math.Min((int)Math.Round(rate * 65536), 65535);

    /// <summary>The definition: whether value <paramref name="index"/> of a sample stays.</summary>
    public static bool Stays(in PhiloxKey key, int index, int threshold)
    {
        uint block = (uint)(index / GroupSize * Lanes + index % Lanes);
        int half = index % GroupSize / Lanes;
        return (int)((key.Block(block)[half / 2] >> (16 * (half % 2))) & 0xffff) >= threshold;
    }

    private readonly void RunRow(in PhiloxKey key, nint start)
    {
        int i = 0;
        if (Avx2.IsSupported)
        {
            for (; i <= Width - GroupSize; i += GroupSize)
            {
                RunGroup(key, (uint)(i / Lanes), Input + start + i, Mask + start + i, Output + start + i);
            }
            if (i < Width)
            {
                // The last group in memory of its own, since it is not whole.
                float* values = stackalloc float[3 * GroupSize];
                float* masks = values + GroupSize, products = masks + GroupSize;
                for (int j = 0; j < GroupSize; j++)
                {
                    values[j] = i + j < Width ? Input[start + i + j] : 0;
                }
                RunGroup(key, (uint)(i / Lanes), values, masks, products);
                new ReadOnlySpan<float>(masks, Width - i).CopyTo(new Span<float>(Mask + start + i, Width - i));
                new ReadOnlySpan<float>(products, Width - i).CopyTo(new Span<float>(Output + start + i, Width - i));
            }
            return;
        }
        uint* numbers = stackalloc uint[GroupSize / 2];
        for (; i < Width; i += GroupSize)
        {
            for (int lane = 0; lane < Lanes; lane++)
            {
                PhiloxBlock block = key.Block((uint)(i / Lanes + lane));
                for (int word = 0; word < 4; word++)
                {
                    numbers[word * Lanes + lane] = block[word];
                }
            }
            for (int j = 0; j < GroupSize && i + j < Width; j++)
            {
                int half = j / Lanes;
                float mask = (int)((numbers[half / 2 * Lanes + j % Lanes] >> (16 * (half % 2))) & 0xffff) >= Threshold ? Scale : 0;
                Mask[start + i + j] = mask;
                Output[start + i + j] = Input[start + i + j] * mask;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void RunGroup(in PhiloxKey key, uint block, float* input, float* mask, float* output)
    {
        // Blocks 0, 2, 4, 6 and 1, 3, 5, 7, each in the low half of a 64-bit lane, as the multiplication reads it; what stands above it is not looked at.
        Vector256<ulong> even0 = Vector256.Create<ulong>(block) + Vector256.Create(0UL, 2, 4, 6), odd0 = even0 + Vector256<ulong>.One;
        Vector256<ulong> even1 = Vector256.Create<ulong>(key.Place), odd1 = even1;
        Vector256<ulong> even2 = Vector256.Create<ulong>(key.Epoch), odd2 = even2;
        Vector256<ulong> even3 = Vector256.Create<ulong>(key.Purpose), odd3 = even3;
        uint k0 = (uint)key.Seed, k1 = (uint)(key.Seed >> 32);
        for (int round = 0; round < Philox.Rounds; round++)
        {
            Vector256<ulong> key0 = Vector256.Create<ulong>(k0), key1 = Vector256.Create<ulong>(k1);
            Round(ref even0, ref even1, ref even2, ref even3, key0, key1);
            Round(ref odd0, ref odd1, ref odd2, ref odd3, key0, key1);
            k0 += Philox.KeyStep0;
            k1 += Philox.KeyStep1;
        }
        Apply(Join(even0, odd0), input, mask, output);
        Apply(Join(even1, odd1), input + 2 * Lanes, mask + 2 * Lanes, output + 2 * Lanes);
        Apply(Join(even2, odd2), input + 4 * Lanes, mask + 4 * Lanes, output + 4 * Lanes);
        Apply(Join(even3, odd3), input + 6 * Lanes, mask + 6 * Lanes, output + 6 * Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        ref Vector256<ulong> c0, ref Vector256<ulong> c1, ref Vector256<ulong> c2, ref Vector256<ulong> c3, Vector256<ulong> key0, Vector256<ulong> key1)
    {
        Vector256<ulong> product0 = Avx2.Multiply(c0.AsUInt32(), Vector256.Create(Philox.Multiplier0));
        Vector256<ulong> product1 = Avx2.Multiply(c2.AsUInt32(), Vector256.Create(Philox.Multiplier1));
        c0 = (product1 >>> 32) ^ c1 ^ key0;
        c1 = product1;
        c2 = (product0 >>> 32) ^ c3 ^ key1;
        c3 = product0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Join(Vector256<ulong> even, Vector256<ulong> odd) => ((even & Vector256.Create(0xffffffffUL)) | (odd << 32)).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Apply(Vector256<int> words, float* input, float* mask, float* output)
    {
        ApplyHalf(words & Vector256.Create(0xffff), input, mask, output);
        ApplyHalf(words >>> 16, input + Lanes, mask + Lanes, output + Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void ApplyHalf(Vector256<int> bits, float* input, float* mask, float* output)
    {
        Vector256<float> factors = (Vector256.GreaterThan(bits, Vector256.Create(Threshold - 1)) & Vector256.Create(Scale).AsInt32()).AsSingle();
        factors.Store(mask);
        (Vector256.Load(input) * factors).Store(output);
    }
}
