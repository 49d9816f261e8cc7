namespace Nabla.Numerics;

/// <summary>Sums of the columns of a matrix, rows ascending; threads take columns, a cache line's at least.</summary>
internal unsafe struct ColumnSumsJob : IJob, ILanesJob
{
    private const int LineFloats = 16;

    public float* Values;

    /// <summary>Floats from one row to the next.</summary>
    public nint Row;

    public float* Result;
    public int Rows;
    public int Columns;
    public GradientUse Use;

    public readonly void Run(int part, int parts) => LanesJob.Run(this, part, parts);

    public readonly void Run<T>(int part, int parts)
        where T : struct, ILanes<T>
    {
        long lines = ((long)Columns + LineFloats - 1) / LineFloats;
        nint end = (nint)Math.Min(lines * (part + 1) / parts * LineFloats, Columns);
        // Four sums at a time, because each addition waits for the one before it in its own column.
        nint column = (nint)(lines * part / parts * LineFloats);
        for (; column + 3 * T.Count < end; column += 4 * T.Count)
        {
            T mask = T.FirstLanes(end - column - 3 * T.Count);
            float* from = Values + column;
            T sum0 = default, sum1 = default, sum2 = default, sum3 = default;
            if (Use.Adds)
            {
                sum0 = T.Load(in Result[column], 0);
                sum1 = T.Load(in Result[column], T.Count);
                sum2 = T.Load(in Result[column], 2 * T.Count);
                sum3 = T.LoadWhere(mask, Result + column + 3 * T.Count);
            }
            for (int row = 0; row < Rows; row++, from += Row)
            {
                sum0 += T.Load(in *from, 0);
                sum1 += T.Load(in *from, T.Count);
                sum2 += T.Load(in *from, 2 * T.Count);
                sum3 += T.LoadWhere(mask, from + 3 * T.Count);
            }
            T all = T.FirstLanes(T.Count);
            Store(column, all, sum0);
            Store(column + T.Count, all, sum1);
            Store(column + 2 * T.Count, all, sum2);
            Store(column + 3 * T.Count, mask, sum3);
        }
        for (; column < end; column += T.Count)
        {
            T mask = T.FirstLanes(end - column);
            float* from = Values + column;
            T sum = Use.Adds ? T.LoadWhere(mask, Result + column) : default;
            for (int row = 0; row < Rows; row++, from += Row)
            {
                sum += T.LoadWhere(mask, from);
            }
            Store(column, mask, sum);
        }
    }

    private readonly void Store<T>(nint column, T mask, T sum)
        where T : struct, ILanes<T>
    {
        float* to = Result + column;
        T result = Use.DescentRate == 0 ? sum : T.FusedMultiplyAdd(T.Broadcast(-Use.DescentRate), sum, T.LoadWhere(mask, to));
        result.StoreWhere(mask, to);
    }
}
