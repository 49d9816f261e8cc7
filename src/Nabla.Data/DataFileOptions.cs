namespace Nabla;

/// <summary>What is known beforehand about data files. What is not given is taken from their contents, and said in <see cref="DataParts.Notes"/> where that was a guess.</summary>
public sealed record DataFileOptions
{
    /// <summary>Number of classes, 1 to 1000 (IDX: 256); null for as many as the data needs, at least 10.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of its range.</exception>
    public int? ClassCount
    {
        get;
        init
        {
            Nabla.ClassCount.Check(value);
            field = value;
        }
    }
}
