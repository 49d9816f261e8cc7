using System.Globalization;
using System.Text;
using Nabla.IO;

namespace Nabla.Cli;

/// <summary>The file history.csv of a run: a row for each epoch; what was not measured is left empty.</summary>
internal static class HistoryFile
{
    public const string Name = "history.csv";

    private const string Header = "epoch,loss,accuracy,validation_loss,validation_accuracy";

    /// <summary>More than a million epochs; whatever is longer is no history.</summary>
    private const int MaxLength = 128 << 20;

    public static string Format(IEnumerable<EpochResult> epochs)
    {
        StringBuilder csv = new($"{Header}\n");
        foreach (EpochResult epoch in epochs)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{epoch.Epoch},{epoch.Loss:R},{epoch.Accuracy:R},{epoch.ValidationLoss:R},{epoch.ValidationAccuracy:R}\n");
        }
        return csv.ToString();
    }

    /// <summary>Reads what <see cref="Format"/> wrote.</summary>
    /// <returns>At least one epoch.</returns>
    /// <exception cref="MalformedFileException">It is no such file, is damaged, or has no epoch.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static IReadOnlyList<EpochResult> Read(string path)
    {
        using FileStream file = InputFile.Open(path);
        if (file.Length > MaxLength)
        {
            throw new MalformedFileException(path, $"has {file.Length:N0} bytes, expected at most {MaxLength:N0}; give the {Name} of a run.");
        }
        using StreamReader reader = new(file);
        string? header = reader.ReadLine();
        if (header != Header)
        {
            throw new MalformedFileException(path, $"{(header is null ? "is empty" : $"begins with '{header}'")}, expected '{Header}'; give the {Name} of a run.");
        }
        List<EpochResult> epochs = [];
        for (string? line = reader.ReadLine(); line is not null; line = reader.ReadLine())
        {
            EpochResult epoch = Parse(line) ?? throw new MalformedFileException(path,
                $"line {epochs.Count + 2} is '{line}', expected an epoch, its loss, and an accuracy, validation loss and validation accuracy or nothing; train again, or mend the line.");
            if (epochs.Count > 0 && epoch.Epoch <= epochs[^1].Epoch)
            {
                throw new MalformedFileException(path, $"line {epochs.Count + 2} has epoch {epoch.Epoch} after {epochs[^1].Epoch}, expected a later one.");
            }
            epochs.Add(epoch);
        }
        return epochs.Count > 0 ? epochs : throw new MalformedFileException(path, "has no epoch, expected at least one; the training was stopped before its first was finished.");
    }

    private static EpochResult? Parse(string line)
    {
        string[] cells = line.Split(',');
        double?[] numbers = new double?[4];
        if (cells.Length != 5 || !int.TryParse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture, out int epoch) || epoch < 1)
        {
            return null;
        }
        for (int i = 0; i < numbers.Length; i++)
        {
            if (double.TryParse(cells[i + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
            {
                numbers[i] = number;
            }
            else if (cells[i + 1].Length > 0)
            {
                return null;
            }
        }
        return numbers[0] is double loss ? new EpochResult(epoch, loss, numbers[1], numbers[2], numbers[3]) : null;
    }
}
