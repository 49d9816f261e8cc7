using System.Runtime.Intrinsics;

namespace Nabla.Numerics;

/// <summary>
/// The innermost kernel of matrix products in a browser: a row of the result at a time, from those numbers of the left matrix that are not zero. It takes
/// the place of <see cref="MatrixTile{T, TRows, TWidth, TSteps}"/>, and has the same bits.
/// </summary>
/// <remarks>
/// .NET interprets in a browser, and compiles short loops without calls only: so this is plain code without generics. A loop over the numbers of the
/// left row is in the middle and the sums are inside it, as doubles, two in a vector (<see cref="EmulatedMultiplyAdd"/>).
/// </remarks>
internal static unsafe class RowProduct
{
    [ThreadStatic]
    private static double[]? _factors;

    [ThreadStatic]
    private static int[]? _places;

    [ThreadStatic]
    private static float[]? _gradient;

    /// <summary>Whether products are made this way where these are the vectors.</summary>
    public static bool IsFor<T>()
        where T : struct, ILanes<T> => typeof(T) == typeof(WasmLanes);

    /// <summary>Computes some rows of a product.</summary>
    /// <param name="operands">The first row, with all columns.</param>
    /// <param name="rows">Number of rows.</param>
    public static void Compute(in TileOperands operands, int rows)
    {
        long inner = (long)operands.Runs * operands.RunLength;
        Factors factors = new(ThreadMemory.Of(ref _factors, inner), ThreadMemory.Of(ref _places, inner));
        for (int row = 0; row < rows; row++)
        {
            factors.Gather(operands, operands.Left + row / 3 * operands.LeftGroup + row % 3 * operands.LeftRow);
            float* start = operands.Start is null ? null : operands.Start + row * operands.StartRow;
            float* result = operands.Result + row * operands.ResultRow;
            if (operands.DescentRate == 0)
            {
                Multiply(factors, operands.Right, start, result, operands.Columns);
            }
            else if (factors.Count > 0)
            {
                float* gradient = ThreadMemory.Of(ref _gradient, operands.Columns);
                Multiply(factors, operands.Right, start, gradient, operands.Columns);
                factors.SetOne(-operands.DescentRate);
                Multiply(factors, gradient, result, result, operands.Columns);
            }
        }
    }

    /// <summary>result [columns] = start [columns] + the factors' products with rows of the right matrix.</summary>
    private static void Multiply(in Factors factors, float* right, float* start, float* result, int columns)
    {
        int column = 0;
        for (; column <= columns - 16; column += 16)
        {
            Multiply16(factors.Values, factors.Places, factors.Count, right + column, start is null ? null : start + column, result + column);
        }
        for (; column <= columns - 4; column += 4)
        {
            Multiply4(factors.Values, factors.Places, factors.Count, right + column, start is null ? null : start + column, result + column);
        }
        for (; column < columns; column++)
        {
            float sum = start is null ? 0 : start[column];
            for (int k = 0; k < factors.Count; k++)
            {
                sum = float.FusedMultiplyAdd((float)factors.Values[k], right[factors.Places[k] + column], sum);
            }
            result[column] = sum;
        }
    }

    private static void Multiply16(double* factors, int* places, int count, float* right, float* start, float* result)
    {
        Vector128<double> sum0 = default, sum1 = default, sum2 = default, sum3 = default, sum4 = default, sum5 = default, sum6 = default, sum7 = default;
        if (start is not null)
        {
            sum0 = EmulatedMultiplyAdd.Load(start);
            sum1 = EmulatedMultiplyAdd.Load(start + 2);
            sum2 = EmulatedMultiplyAdd.Load(start + 4);
            sum3 = EmulatedMultiplyAdd.Load(start + 6);
            sum4 = EmulatedMultiplyAdd.Load(start + 8);
            sum5 = EmulatedMultiplyAdd.Load(start + 10);
            sum6 = EmulatedMultiplyAdd.Load(start + 12);
            sum7 = EmulatedMultiplyAdd.Load(start + 14);
        }
        for (int k = 0; k < count; k++)
        {
            Vector128<double> factor = Vector128.Create(factors[k]);
            float* from = right + places[k];
            Vector128<double> next0 = sum0 + factor * EmulatedMultiplyAdd.Load(from), next1 = sum1 + factor * EmulatedMultiplyAdd.Load(from + 2);
            Vector128<double> next2 = sum2 + factor * EmulatedMultiplyAdd.Load(from + 4), next3 = sum3 + factor * EmulatedMultiplyAdd.Load(from + 6);
            Vector128<double> next4 = sum4 + factor * EmulatedMultiplyAdd.Load(from + 8), next5 = sum5 + factor * EmulatedMultiplyAdd.Load(from + 10);
            Vector128<double> next6 = sum6 + factor * EmulatedMultiplyAdd.Load(from + 12), next7 = sum7 + factor * EmulatedMultiplyAdd.Load(from + 14);
            Vector128<int> lastBits = Vector128.Min(
                Vector128.Min(EmulatedMultiplyAdd.LastBits(next0, next1), EmulatedMultiplyAdd.LastBits(next2, next3)),
                Vector128.Min(EmulatedMultiplyAdd.LastBits(next4, next5), EmulatedMultiplyAdd.LastBits(next6, next7)));
            if (!EmulatedMultiplyAdd.AreNotHalfway(lastBits) && !IsPowerOfTwo(factors[k]))
            {
                next0 = ToOdd(sum0, factor, from, next0);
                next1 = ToOdd(sum1, factor, from + 2, next1);
                next2 = ToOdd(sum2, factor, from + 4, next2);
                next3 = ToOdd(sum3, factor, from + 6, next3);
                next4 = ToOdd(sum4, factor, from + 8, next4);
                next5 = ToOdd(sum5, factor, from + 10, next5);
                next6 = ToOdd(sum6, factor, from + 12, next6);
                next7 = ToOdd(sum7, factor, from + 14, next7);
            }
            sum0 = EmulatedMultiplyAdd.Round(next0);
            sum1 = EmulatedMultiplyAdd.Round(next1);
            sum2 = EmulatedMultiplyAdd.Round(next2);
            sum3 = EmulatedMultiplyAdd.Round(next3);
            sum4 = EmulatedMultiplyAdd.Round(next4);
            sum5 = EmulatedMultiplyAdd.Round(next5);
            sum6 = EmulatedMultiplyAdd.Round(next6);
            sum7 = EmulatedMultiplyAdd.Round(next7);
        }
        EmulatedMultiplyAdd.Store(sum0, result);
        EmulatedMultiplyAdd.Store(sum1, result + 2);
        EmulatedMultiplyAdd.Store(sum2, result + 4);
        EmulatedMultiplyAdd.Store(sum3, result + 6);
        EmulatedMultiplyAdd.Store(sum4, result + 8);
        EmulatedMultiplyAdd.Store(sum5, result + 10);
        EmulatedMultiplyAdd.Store(sum6, result + 12);
        EmulatedMultiplyAdd.Store(sum7, result + 14);
    }

    private static void Multiply4(double* factors, int* places, int count, float* right, float* start, float* result)
    {
        Vector128<double> sum0 = default, sum1 = default;
        if (start is not null)
        {
            sum0 = EmulatedMultiplyAdd.Load(start);
            sum1 = EmulatedMultiplyAdd.Load(start + 2);
        }
        for (int k = 0; k < count; k++)
        {
            Vector128<double> factor = Vector128.Create(factors[k]);
            float* from = right + places[k];
            Vector128<double> next0 = sum0 + factor * EmulatedMultiplyAdd.Load(from), next1 = sum1 + factor * EmulatedMultiplyAdd.Load(from + 2);
            if (!EmulatedMultiplyAdd.AreNotHalfway(EmulatedMultiplyAdd.LastBits(next0, next1)) && !IsPowerOfTwo(factors[k]))
            {
                next0 = ToOdd(sum0, factor, from, next0);
                next1 = ToOdd(sum1, factor, from + 2, next1);
            }
            sum0 = EmulatedMultiplyAdd.Round(next0);
            sum1 = EmulatedMultiplyAdd.Round(next1);
        }
        EmulatedMultiplyAdd.Store(sum0, result);
        EmulatedMultiplyAdd.Store(sum1, result + 2);
    }

    private static Vector128<double> ToOdd(Vector128<double> sum, Vector128<double> factor, float* from, Vector128<double> next) =>
        EmulatedMultiplyAdd.ToOdd(sum, factor * EmulatedMultiplyAdd.Load(from), next);

    /// <summary>
    /// Whether a factor changes an exponent only. Then the sum is one of two floats, which have too few bits to be both inexact as a double and halfway between two
    /// floats; but halfway they often are, and pixels of full ink are 1.
    /// </summary>
    private static bool IsPowerOfTwo(double factor) => BitConverter.DoubleToInt64Bits(factor) << 12 == 0;

    /// <summary>The numbers of a left row that are not zero, and where the rows of the right matrix begin that go with them.</summary>
    private struct Factors(double* values, int* places)
    {
        public readonly double* Values = values;
        public readonly int* Places = places;

        public int Count { get; private set; }

        public void Gather(in TileOperands operands, float* left)
        {
            int count = 0, place = 0, step = (int)operands.LeftStep, rightRow = (int)operands.RightRow;
            for (int run = 0; run < operands.Runs; run++)
            {
                // As integers, since to compare floats is a call for the interpreter. The sign is shifted out.
                int* next = (int*)(left + run * operands.LeftRun);
                for (int k = operands.RunLength; k > 0; k--, next += step, place += rightRow)
                {
                    if (*next << 1 != 0)
                    {
                        Values[count] = *(float*)next;
                        Places[count++] = place;
                    }
                }
            }
            Count = count;
        }

        public void SetOne(float value) => (Values[0], Places[0], Count) = (value, 0, 1);
    }
}
