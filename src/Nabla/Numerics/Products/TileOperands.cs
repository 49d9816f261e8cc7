using System.Diagnostics;

namespace Nabla.Numerics;

/// <summary>Where the numbers of one tile are. The memory must stay where it is meanwhile.</summary>
internal unsafe struct TileOperands
{
    /// <summary>The left matrix's first number of the tile's first row.</summary>
    public float* Left;

    /// <summary>Floats from one row of the left matrix to the next.</summary>
    public nint LeftRow;

    /// <summary>
    /// Floats from one group of three rows of the left matrix to the next: 3 · <see cref="LeftRow"/>, but for a
    /// convolution's kernels of three columns and one channel the next row of the image.
    /// </summary>
    public nint LeftGroup;

    /// <summary>Floats from one number of a row of the left matrix to the next.</summary>
    public nint LeftStep;

    /// <summary>How many numbers follow each other at that step, in each of the runs that the inner index is made of.</summary>
    public int RunLength;

    /// <summary>Number of runs: 1 for a matrix, the rows of a kernel or of an image for a convolution.</summary>
    public int Runs;

    /// <summary>Floats from the begin of one run to that of the next.</summary>
    public nint LeftRun;

    /// <summary>
    /// For each of the numbers of a row of the left matrix the row of the right matrix that goes with it, where some were
    /// left out; else null.
    /// </summary>
    public int* Steps;

    /// <summary>The right matrix's first row, at the tile's first column. Whole vectors are read of it, whatever <see cref="Columns"/> says.</summary>
    public float* Right;

    /// <summary>Floats from one row of the right matrix to the next.</summary>
    public nint RightRow;

    /// <summary>What the sums begin with, at the tile's first row and column; null for zeros.</summary>
    public float* Start;

    /// <summary>Floats from one row of those to the next; 0 for a bias, which is the same for all rows.</summary>
    public nint StartRow;

    /// <summary>Where the tile's first number goes.</summary>
    public float* Result;

    /// <summary>Floats from one row of the result to the next.</summary>
    public nint ResultRow;

    /// <summary>Columns of the tile, up to two vectors.</summary>
    public int Columns;

    /// <summary>Above 0, the sums are a gradient, and the result are parameters from which they are taken this many times; 0 to store them.</summary>
    public float DescentRate;

#pragma warning disable CA1822 // In a release build these methods are empty, and not called.
#if DEBUG
    private Area _leftArea;
    private Area _rightArea;
    private Area _resultArea;
#endif

    /// <summary>Says in which memory the left matrix is, for <see cref="AssertWithin"/>.</summary>
    [Conditional("DEBUG")]
    public void SetLeftArea(float* first, long length)
    {
#if DEBUG
        _leftArea = new Area(first, length);
#endif
    }

    /// <summary>Says in which memory the right matrix is.</summary>
    [Conditional("DEBUG")]
    public void SetRightArea(float* first, long length)
    {
#if DEBUG
        _rightArea = new Area(first, length);
#endif
    }

    /// <summary>Says in which memory the result is.</summary>
    [Conditional("DEBUG")]
    public void SetResultArea(float* first, long length)
    {
#if DEBUG
        _resultArea = new Area(first, length);
#endif
    }

    /// <summary>Fails where a tile of so many rows would read or write beyond the memory that its operands were said to be in.</summary>
    [Conditional("DEBUG")]
    public readonly void AssertWithin<T>(int rows)
        where T : struct, ILanes<T>
    {
#if DEBUG
        Debug.Assert(_resultArea.Contains(Result, (rows - 1) * ResultRow + Columns), "The result of a tile is outside its memory.");
        if (RunLength == 0 || Runs == 0)
        {
            return;
        }
        long groups = LeftGroup * ((rows - 1) / 3), rowsOfGroup = LeftRow * Math.Min(rows - 1, 2);
        Debug.Assert(_leftArea.Contains(Left, (Runs - 1) * LeftRun + (RunLength - 1) * LeftStep + groups + LeftRow * ((rows - 1) % 3) + 1), "A tile reads outside the left matrix.");
        Debug.Assert(rows < 3 || _leftArea.Contains(Left, (Runs - 1) * LeftRun + (RunLength - 1) * LeftStep + groups - LeftGroup + rowsOfGroup + 1), "A tile reads outside the left matrix.");
        long last = (long)Runs * RunLength - 1;
        if (Steps is not null)
        {
            last = new ReadOnlySpan<int>(Steps, RunLength)[^1];
            Debug.Assert(*Steps >= 0, "A step of a tile is no row of the right matrix.");
        }
        Debug.Assert(_rightArea.Contains(Right, last * RightRow + (Columns > T.Count ? 2 : 1) * T.Count), "A tile reads outside the right matrix.");
#endif
    }

#pragma warning restore CA1822

#if DEBUG
    private readonly struct Area(float* first, long length)
    {
        private readonly float* _first = first;
        private readonly float* _end = first + length;

        public bool Contains(float* first, long length) => first >= _first && first + length <= _end;
    }
#endif
}

/// <summary>All kinds of steps of a tile.</summary>
internal static class TileSteps
{
    /// <summary>The whole inner index.</summary>
    public readonly struct All : ITileSteps
    {
        public static bool Chosen => false;
    }

    /// <summary>Only some of it.</summary>
    public readonly struct Chosen : ITileSteps
    {
        static bool ITileSteps.Chosen => true;
    }
}

/// <summary>Whether a <see cref="MatrixTile{T, TRows, TWidth, TSteps}"/> goes over the whole inner index, as a type so that the compiler knows it.</summary>
internal interface ITileSteps
{
    /// <summary>Whether only the steps at the indices in <see cref="TileOperands.Steps"/> are there.</summary>
    static abstract bool Chosen { get; }
}
