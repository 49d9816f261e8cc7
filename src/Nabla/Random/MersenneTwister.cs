using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Nabla;

/// <summary>
/// MT19937, the generator under NumPy's legacy <c>RandomState</c>: 32 random bits at a time, period 2¹⁹⁹³⁷ − 1.
/// Source: M. Matsumoto and T. Nishimura, "Mersenne Twister", ACM TOMACS 8(1), 1998.
/// </summary>
internal sealed class MersenneTwister
{
    private const int Length = 624;
    private const int Middle = 397;
    private const uint Matrix = 0x9908b0dfu;

    private readonly uint[] _state = new uint[Length];
    private int _next = Length;

    /// <summary>Fills the state from one 32-bit seed with Knuth's linear recurrence, as <c>np.random.seed</c> does for an integer.</summary>
    public MersenneTwister(uint seed)
    {
        _state[0] = seed;
        for (uint i = 1; i < Length; i++)
        {
            uint previous = _state[i - 1];
            _state[i] = 1812433253u * (previous ^ (previous >> 30)) + i;
        }
    }

    /// <summary>The next 32 random bits.</summary>
    public uint NextUInt32()
    {
        if (_next == Length)
        {
            Regenerate();
        }
        return Temper(_state[_next++]);
    }

    /// <summary>Length of what <see cref="Save"/> writes.</summary>
    public const int StateLength = Length + 1;

    /// <summary>Writes down where it is.</summary>
    public void Save(Span<int> state)
    {
        MemoryMarshal.Cast<uint, int>(_state).CopyTo(state);
        state[Length] = _next;
    }

    /// <summary>Goes on from where it was when <paramref name="state"/> was written down.</summary>
    public void Restore(ReadOnlySpan<int> state)
    {
        MemoryMarshal.Cast<int, uint>(state)[..Length].CopyTo(_state);
        _next = Math.Clamp(state[Length], 0, Length);
    }

    /// <summary>The next numbers, each still to be tempered.</summary>
    public void CopyUntempered(Span<uint> numbers)
    {
        while (!numbers.IsEmpty)
        {
            if (_next == Length)
            {
                Regenerate();
            }
            int count = Math.Min(numbers.Length, Length - _next);
            _state.AsSpan(_next, count).CopyTo(numbers);
            _next += count;
            numbers = numbers[count..];
        }
    }

    /// <summary>Mixes the bits of a number of the state: the last step to a random number.</summary>
    public static uint Temper(uint y)
    {
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680u;
        y ^= (y << 15) & 0xefc60000u;
        return y ^ (y >> 18);
    }

    /// <summary>The same of several.</summary>
    public static Vector256<uint> Temper(Vector256<uint> y)
    {
        y ^= y >>> 11;
        y ^= (y << 7) & Vector256.Create(0x9d2c5680u);
        y ^= (y << 15) & Vector256.Create(0xefc60000u);
        return y ^ (y >>> 18);
    }

    /// <summary>
    /// Makes the next 624 numbers at once. Number i of the state needs the old numbers i, i + 1 and i + 397, the last of
    /// which is a new one from i = 227 on: no vector is so long that it would need its own results.
    /// </summary>
    private void Regenerate()
    {
        Twist(0, Length - Middle, Middle);
        Twist(Length - Middle, Length - 1, Middle - Length);
        _state[^1] = _state[Middle - 1] ^ Twisted(_state[^1], _state[0]);
        _next = 0;
    }

    private void Twist(int start, int end, int distance)
    {
        int i = start;
        for (; Vector512.IsHardwareAccelerated && i <= end - Vector512<uint>.Count; i += Vector512<uint>.Count)
        {
            Vector512<uint> joined = Vector512.ConditionalSelect(
                Vector512.Create(0x80000000u), Vector512.LoadUnsafe(ref _state[i]), Vector512.LoadUnsafe(ref _state[i + 1]));
            Vector512<uint> odd = Vector512<uint>.Zero - (joined & Vector512<uint>.One);
            Vector512<uint> twisted = (joined >>> 1) ^ (odd & Vector512.Create(Matrix));
            (Vector512.LoadUnsafe(ref _state[i + distance]) ^ twisted).StoreUnsafe(ref _state[i]);
        }
        for (; i <= end - Vector256<uint>.Count; i += Vector256<uint>.Count)
        {
            Vector256<uint> joined = (Vector256.LoadUnsafe(ref _state[i]) & Vector256.Create(0x80000000u))
                | (Vector256.LoadUnsafe(ref _state[i + 1]) & Vector256.Create(0x7fffffffu));
            Vector256<uint> odd = Vector256<uint>.Zero - (joined & Vector256<uint>.One);
            Vector256<uint> twisted = (joined >>> 1) ^ (odd & Vector256.Create(Matrix));
            (Vector256.LoadUnsafe(ref _state[i + distance]) ^ twisted).StoreUnsafe(ref _state[i]);
        }
        for (; i < end; i++)
        {
            _state[i] = _state[i + distance] ^ Twisted(_state[i], _state[i + 1]);
        }
    }

    private static uint Twisted(uint number, uint next)
    {
        uint joined = (number & 0x80000000u) | (next & 0x7fffffffu);
        return (joined >> 1) ^ ((joined & 1) == 0 ? 0 : Matrix);
    }
}
