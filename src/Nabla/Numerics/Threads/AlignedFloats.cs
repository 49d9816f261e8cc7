using System.Runtime.CompilerServices;

namespace Nabla.Numerics;

/// <summary>
/// Floats, zeros at first, whose first is the first of a cache line: vectors then do not reach over two, and threads that
/// work on different lines of it do not disturb each other. The garbage collector frees it, but does not move it.
/// </summary>
internal sealed unsafe class AlignedFloats
{
    // Two cache lines: processors fetch them in pairs.
    private const int Alignment = 128;

    private readonly float[] _memory;
    private readonly int _start;

    public AlignedFloats(int length)
    {
        Length = length;
        // Without room to spare where an array could not be longer, and then only by chance at the begin of a line.
        int spare = length == 0 ? 0 : Math.Min(Alignment / sizeof(float), Array.MaxLength - length);
        _memory = GC.AllocateArray<float>(length + spare, pinned: true);
        if (spare > 0)
        {
            nint address = (nint)Unsafe.AsPointer(ref _memory[0]);
            _start = Math.Min((int)(-address & (Alignment - 1)) / sizeof(float), spare);
        }
    }

    public int Length { get; }

    public Span<float> Span => _memory.AsSpan(_start, Length);
}
