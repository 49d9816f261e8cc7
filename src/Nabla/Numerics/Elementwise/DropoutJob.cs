using System.Runtime.Intrinsics;

namespace Nabla.Numerics;

/// <summary>
/// Dropout at rate ½ with draws from two: makes the mask of them and applies it, in one pass. The generator's numbers must
/// be made one after the other; the rest is done by all threads.
/// </summary>
internal unsafe struct DropoutJob : IJob
{
    /// <summary>Of <see cref="NumPyRandom.DrawCoins"/>; the mask takes their place.</summary>
    public uint* Draws;

    public float* Input;
    public float* Output;
    public int Length;

    /// <summary>The mask's number where a value stays.</summary>
    public float Scale;

    /// <summary>0 or 1: a draw from two is the lowest of 32 random bits, see <see cref="NumPyRandom"/>.</summary>
    public static uint Coin(uint draw) => MersenneTwister.Temper(draw) & 1;

    public readonly void Run(int part, int parts)
    {
        int i = (int)((long)Length * part / parts), end = (int)((long)Length * (part + 1) / parts);
        Vector256<uint> scale = Vector256.Create(Scale).AsUInt32();
        for (; i <= end - Vector256<uint>.Count; i += Vector256<uint>.Count)
        {
            Vector256<uint> coins = MersenneTwister.Temper(Vector256.Load(Draws + i)) & Vector256<uint>.One;
            Vector256<uint> mask = (Vector256<uint>.Zero - coins) & scale;
            mask.Store(Draws + i);
            (Vector256.Load(Input + i) * mask.AsSingle()).Store(Output + i);
        }
        for (; i < end; i++)
        {
            float mask = Coin(Draws[i]) == 1 ? Scale : 0;
            Draws[i] = BitConverter.SingleToUInt32Bits(mask);
            Output[i] = Input[i] * mask;
        }
    }
}
