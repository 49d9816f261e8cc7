using System.Globalization;

namespace Nabla.Cli;

/// <summary>Reads the history that a training has left in its folder.</summary>
internal static class RunHistory
{
    // A history of a million epochs has some 80 MB.
    private const long MaximumLength = 256L << 20;
    private const int Columns = 5;

    /// <param name="run">The folder of a run, or its history.</param>
    /// <exception cref="IOException">There is none, or it cannot be read.</exception>
    /// <exception cref="MalformedFileException">It is no history, or has no epoch.</exception>
    public static IReadOnlyList<EpochResult> Load(string run)
    {
        string path = Directory.Exists(run) ? Path.Combine(run, RunFolder.HistoryName) : run;
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path}: there is no such history; name the folder of a run, as 'nabla train' makes it.");
        }
        long length = new FileInfo(path).Length;
        if (length > MaximumLength)
        {
            throw new MalformedFileException(path, $"has {length:N0} bytes, expected at most {MaximumLength:N0} for a history.", 0);
        }
        string[] lines = File.ReadAllLines(path);
        if (lines.Length == 0 || lines[0] != RunFolder.HistoryHeader)
        {
            throw new MalformedFileException(path, $"begins with '{Start(lines.FirstOrDefault(""))}', expected '{RunFolder.HistoryHeader}'; name the folder of a run.", 0);
        }
        if (lines.Length == 1)
        {
            throw new MalformedFileException(path, "holds no epoch: the training was stopped before the first was finished.", 0);
        }
        return [.. lines.Skip(1).Select((line, index) => Epoch(path, line, index + 2))];
    }

    private static EpochResult Epoch(string path, string line, int number)
    {
        string[] cells = line.Split(',');
        if (cells.Length == Columns
            && int.TryParse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture, out int epoch)
            && TryRead(cells[1], out double? loss) && loss is not null
            && TryRead(cells[2], out double? accuracy)
            && TryRead(cells[3], out double? validationLoss)
            && TryRead(cells[4], out double? validationAccuracy))
        {
            return new EpochResult(epoch, loss.Value, accuracy, validationLoss, validationAccuracy);
        }
        throw new MalformedFileException(path, $"line {number}: found '{Start(line)}', expected an epoch and four numbers, of which only the loss must be there.", 0);
    }

    private static bool TryRead(string cell, out double? number)
    {
        number = null;
        if (cell.Length == 0)
        {
            return true;
        }
        bool isNumber = double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double value);
        number = value;
        return isNumber;
    }

    private static string Start(string line) => line.Length > 60 ? line[..60] + "…" : line;
}
