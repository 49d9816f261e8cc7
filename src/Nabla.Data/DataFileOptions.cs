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

    /// <summary>The column of a table that has the classes: its name, or its number from 1; null to take the one that is obvious.</summary>
    public string? Label { get; init; }

    /// <summary>The column of a table that has numbers to answer, for a regression: its name, or its number from 1. Null: there is none.</summary>
    public string? Target { get; init; }

    /// <summary>Columns of a table that are passed over: names, or numbers from 1, with commas between. Null: none but those that number the rows.</summary>
    public string? Skip { get; init; }

    /// <summary>What becomes of missing cells of a table; null: they are an error, unless <see cref="Schema"/> says what they count as.</summary>
    public MissingCells? Missing { get; init; }

    /// <summary>The columns that a network learnt from (<see cref="Network.Schema"/>), to read a table as it needs it; null to find out what the columns are.</summary>
    public TableSchema? Schema { get; init; }

    /// <summary>Refuses options of tables for what is none.</summary>
    /// <param name="path">What is read.</param>
    /// <param name="format">What that is, for the error.</param>
    /// <exception cref="ArgumentException">One is given.</exception>
    internal void ThrowIfForTables(string path, string format)
    {
        if ((Label is not null ? "--label" : Target is not null ? "--target" : Skip is not null ? "--skip" : Missing is not null ? "--missing" : null) is string option)
        {
            throw new ArgumentException($"{option}: is for tables, and {path} is {format}; leave it out.");
        }
    }
}
