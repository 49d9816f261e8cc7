using System.Globalization;
using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>
/// The columns of a table that became features, as they stood in the file: kept in the network that learnt from them and in its model file, so that later
/// tables are read the same way, whatever the order of their columns.
/// </summary>
public sealed record TableSchema
{
    /// <summary>Greatest number of columns.</summary>
    public const int MaxColumns = 1 << 16;

    /// <summary>The columns that are features, in the order of a sample's values; at least one.</summary>
    /// <exception cref="ArgumentException">There are none or too many, places do not ascend, or a name stands twice.</exception>
    [JsonRequired]
    public required IReadOnlyList<SchemaColumn> Columns
    {
        get;
        init => field = value is { Count: >= 1 and <= MaxColumns } && Ascend(value) && value.Select(column => column.Name).OfType<string>().Distinct().Count() == value.Count(column => column.Name is not null)
            ? value
            : throw new ArgumentException($"A table must have 1 to {MaxColumns} columns, in the order of the file and each with a name of its own.", nameof(Columns));
    }

    /// <summary>Number of columns that the file had with those that are no features.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    [JsonRequired]
    public required int FileColumns
    {
        get;
        init => field = OptionCheck.AtLeast(1, value, nameof(FileColumns));
    }

    /// <summary>Name of the column with the classes or the numbers to answer; null where it had none.</summary>
    /// <exception cref="ArgumentException">It is empty, too long or has control characters.</exception>
    public string? AnswerName
    {
        get;
        init => field = SchemaColumn.Checked(value);
    }

    /// <summary>Where that column stood, from 1; null where the table had none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int? AnswerPlace
    {
        get;
        init => field = value is int place ? OptionCheck.AtLeast(1, place, nameof(AnswerPlace)) : null;
    }

    /// <summary>What that column has. Default: words.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such kind.</exception>
    [JsonRequired]
    public TableAnswer Answer
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Answer), value, "There is no such kind of answers.");
    }

    /// <summary>Whether the columns have names, by which they are found in another file; else their places count.</summary>
    [JsonIgnore]
    public bool HasNames => Columns[0].Name is not null;

    /// <summary>Number of values of a sample: one for a column of numbers, one for each category of a column of words.</summary>
    [JsonIgnore]
    public int FeatureCount => Columns.Sum(column => column.Width);

    /// <summary>What the columns of another table have that these have not; null where they are the same.</summary>
    internal string? DifferenceFrom(TableSchema other)
    {
        for (int i = 0; i < Math.Max(Columns.Count, other.Columns.Count); i++)
        {
            if (i >= Columns.Count || i >= other.Columns.Count)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{other.Columns.Count} columns instead of {Columns.Count}");
            }
            if (HasNames && other.HasNames && Columns[i].Name != other.Columns[i].Name)
            {
                return $"{other.Columns[i]} in place of {Columns[i]}";
            }
            if (!(Columns[i].Categories ?? []).SequenceEqual(other.Columns[i].Categories ?? []))
            {
                return $"other categories in {other.Columns[i]}";
            }
        }
        return null;
    }

    /// <exception cref="ArgumentException">A sample has another number of values than the columns.</exception>
    internal void ThrowUnlessFits(Shape sample)
    {
        if (FeatureCount != sample.Size)
        {
            throw new ArgumentException($"The columns of the table have {FeatureCount} values, but samples are of {sample} = {sample.Size}.");
        }
    }

    private static bool Ascend(IReadOnlyList<SchemaColumn> columns) =>
        Enumerable.Range(1, columns.Count - 1).All(i => columns[i].Place > columns[i - 1].Place && columns[i].Name is null == columns[0].Name is null);
}

/// <summary>A column of a table that became one feature or several.</summary>
public sealed record SchemaColumn
{
    private const int MaxNameLength = 255;

    /// <summary>Greatest number of categories of a column.</summary>
    public const int MaxCategories = 1000;

    /// <summary>Its name; null where the table had none.</summary>
    /// <exception cref="ArgumentException">It is empty, longer than 255 characters or has control characters.</exception>
    public string? Name
    {
        get;
        init => field = Checked(value);
    }

    /// <summary>Where it stood in the file, from 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    [JsonRequired]
    public required int Place
    {
        get;
        init => field = OptionCheck.AtLeast(1, value, nameof(Place));
    }

    /// <summary>The words of a column of words, each a value of its own that is 1 for that word and else 0; null for a column of numbers.</summary>
    /// <exception cref="ArgumentException">There are none or too many, or one stands twice, is empty, too long or has control characters.</exception>
    public IReadOnlyList<string>? Categories
    {
        get;
        init
        {
            if (value is not null)
            {
                if (value.Count is < 1 or > MaxCategories || value.Distinct().Count() < value.Count)
                {
                    throw new ArgumentException($"A column of words must have 1 to {MaxCategories} different ones.", nameof(Categories));
                }
                foreach (string category in value)
                {
                    Checked(category ?? "");
                }
            }
            field = value;
        }
    }

    /// <summary>What a missing cell counts as: a number, or in a column of words the place of a category from 0, or −1 for none of them. Null: it is an error.</summary>
    /// <exception cref="ArgumentException">It is not finite.</exception>
    public float? Missing
    {
        get;
        init => field = value is null || float.IsFinite(value.Value) ? value : throw new ArgumentException("What a missing cell counts as must be a finite number.", nameof(Missing));
    }

    /// <summary>Number of values of a sample that it became.</summary>
    [JsonIgnore]
    public int Width => Categories?.Count ?? 1;

    /// <summary>What errors call it: <c>column 3 "age"</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"column {Place}{(Name is null ? "" : $" \"{Name}\"")}");

    /// <summary>What names may be, wherever they come from: they are printed.</summary>
    internal static bool IsName(string text) => text.Length is >= 1 and <= MaxNameLength && !text.Any(char.IsControl);

    internal static string? Checked(string? name) => name is null || IsName(name)
        ? name
        : throw new ArgumentException($"Names of columns and categories must have 1 to {MaxNameLength} characters, none of them a control character.");
}

/// <summary>What the column of a table has that a network is to answer.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TableAnswer>))]
public enum TableAnswer
{
    /// <summary>Classes as words.</summary>
    Words,

    /// <summary>Classes as whole numbers.</summary>
    WholeNumbers,

    /// <summary>Numbers, of a regression.</summary>
    Target,
}
