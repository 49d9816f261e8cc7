using System.Runtime.InteropServices;

namespace Nabla.Numerics;

/// <summary>
/// Division of bytes by one number, with the quotients that a division rounds to, so those that NumPy computes. It takes
/// several times as long as a multiplication by the reciprocal and the correction of its error (P. Markstein,
/// "Computation of elementary functions on the IBM RISC System/6000 processor", 1990), so that is what is done unless the
/// two differ for any of the 256 bytes.
/// </summary>
internal sealed unsafe class ByteConversion
{
    // Programs use one divisor. A race between two costs a check more, nothing else.
    private static volatile ByteConversion _last = new(255);

    private readonly float _divisor;
    private readonly bool _reciprocalIsExact;
    private readonly float[] _quotients = new float[byte.MaxValue + 1];

    private ByteConversion(float divisor)
    {
        _divisor = divisor;
        _reciprocalIsExact = true;
        for (int i = 0; i <= byte.MaxValue; i++)
        {
            _quotients[i] = i / divisor;
            _reciprocalIsExact &= Quotient(Lanes1.Broadcast(i), divisor, 1 / divisor).Equals(Lanes1.Broadcast(_quotients[i]));
        }
    }

    /// <summary>destination = bytes / divisor.</summary>
    public static void Divide(ReadOnlySpan<byte> bytes, float divisor, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, bytes.Length);
        ByteConversion conversion = _last;
        if (conversion._divisor != divisor)
        {
            _last = conversion = new ByteConversion(divisor);
        }
        // Where a multiply-add is emulated, two of them take longer than a look into a table.
        if (WasmLanes.IsSupported)
        {
            LookUp(bytes, conversion._quotients, destination);
            return;
        }
        fixed (byte* from = bytes)
        {
            Kernel kernel = new(from, divisor, conversion._reciprocalIsExact, destination);
            ElementWise.Run(ref kernel, bytes.Length, threads: 1);
        }
    }

    private static void LookUp(ReadOnlySpan<byte> bytes, float[] quotients, Span<float> destination)
    {
        fixed (byte* from = bytes)
        fixed (float* quotient = quotients, to = destination)
        {
            for (int i = 0; i < bytes.Length; i++)
            {
                to[i] = quotient[from[i]];
            }
        }
    }

    private static T Quotient<T>(T value, float divisor, float reciprocal)
        where T : struct, ILanes<T>
    {
        T near = value * T.Broadcast(reciprocal);
        T error = T.FusedMultiplyAdd(near, T.Broadcast(-divisor), value);
        return T.FusedMultiplyAdd(error, T.Broadcast(reciprocal), near);
    }

    private readonly ref struct Kernel(byte* bytes, float divisor, bool reciprocalIsExact, Span<float> destination) : IElementKernel
    {
        private readonly ref float _destination = ref MemoryMarshal.GetReference(destination);
        private readonly float _reciprocal = 1 / divisor;

        public void Apply<T>(nint index)
            where T : struct, ILanes<T>
        {
            T value = T.LoadBytes(bytes + index);
            T quotient = reciprocalIsExact ? Quotient(value, divisor, _reciprocal) : value / T.Broadcast(divisor);
            quotient.Store(ref _destination, index);
        }
    }
}
