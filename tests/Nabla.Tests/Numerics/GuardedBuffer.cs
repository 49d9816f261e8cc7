namespace Nabla.Tests.Numerics;

/// <summary>A buffer between two strips of a number that nobody may touch.</summary>
internal sealed class GuardedBuffer
{
    private const int Guard = 40;
    private const float Canary = -12345.678f;
    private readonly float[] _memory;
    private readonly int _length;

    public GuardedBuffer(ReadOnlySpan<float> contents)
    {
        _length = contents.Length;
        _memory = new float[_length + 2 * Guard];
        Array.Fill(_memory, Canary);
        contents.CopyTo(Contents);
    }

    public Span<float> Contents => _memory.AsSpan(Guard, _length);

    public bool IsIntact =>
        !_memory.AsSpan(0, Guard).ContainsAnyExcept(Canary) && !_memory.AsSpan(Guard + _length).ContainsAnyExcept(Canary);
}
