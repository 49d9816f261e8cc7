namespace Nabla;

/// <summary>
/// MT19937, the generator under NumPy's legacy <c>RandomState</c>: 32 random bits at a time, period 2¹⁹⁹³⁷ − 1.
/// Source: M. Matsumoto and T. Nishimura, "Mersenne Twister", ACM TOMACS 8(1), 1998.
/// </summary>
internal sealed class MersenneTwister
{
    private const int Length = 624;
    private const int Middle = 397;

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
        uint y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680u;
        y ^= (y << 15) & 0xefc60000u;
        return y ^ (y >> 18);
    }

    private void Regenerate()
    {
        for (int i = 0; i < Length; i++)
        {
            uint joined = (_state[i] & 0x80000000u) | (_state[(i + 1) % Length] & 0x7fffffffu);
            uint twisted = (joined >> 1) ^ ((joined & 1) == 0 ? 0 : 0x9908b0dfu);
            _state[i] = _state[(i + Middle) % Length] ^ twisted;
        }
        _next = 0;
    }
}
