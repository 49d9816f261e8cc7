using System.Runtime.InteropServices;

namespace Nabla.Numerics;

/// <summary>
/// How far one thread of a <see cref="MatrixPipelineJob"/> has come, for the next one to see. Two cache lines of its own,
/// since processors fetch lines in pairs.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal unsafe struct PipelineStage
{
    // Other threads than ours may want the core.
    private const int LooksBetweenYields = 1000;

    /// <summary>The sums so far, chunk after chunk; written before the first is reported.</summary>
    public float* Sums;

    private int _done;

    /// <summary>Says that one more chunk is done.</summary>
    public void Report() => Volatile.Write(ref _done, _done + 1);

    /// <summary>Says that nobody needs to wait any longer: all is done, or failed.</summary>
    public void ReportEnd() => Volatile.Write(ref _done, int.MaxValue);

    /// <summary>Waits until so many chunks are done.</summary>
    public readonly void WaitFor(int chunks)
    {
        for (int looks = 1; Volatile.Read(in _done) < chunks; looks++)
        {
            Thread.SpinWait(1);
            if (looks % LooksBetweenYields == 0)
            {
                Thread.Yield();
            }
        }
    }
}
