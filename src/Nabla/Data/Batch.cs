namespace Nabla;

/// <summary>Gathers rows of a data set into buffers that a network can read.</summary>
internal static class Batch
{
    /// <summary>Copies consecutive samples: destination [count, sample size].</summary>
    public static void CopyFeatures(Features features, Preprocessing preprocessing, int start, int count, Span<float> destination)
    {
        int size = features.SampleShape.Size;
        for (int i = 0; i < count; i++)
        {
            preprocessing.CopyRow(features, start + i, destination[(i * size)..]);
        }
    }

    /// <summary>Copies the samples at the given indices and their targets.</summary>
    public static void Copy(DataSet data, Preprocessing preprocessing, ReadOnlySpan<int> rows, Span<float> inputs, Span<float> targets)
    {
        int size = data.Features.SampleShape.Size;
        int width = data.Targets.Width;
        for (int i = 0; i < rows.Length; i++)
        {
            preprocessing.CopyRow(data.Features, rows[i], inputs[(i * size)..]);
            data.Targets.CopyRow(rows[i], targets[(i * width)..]);
        }
    }
}
