using System.Globalization;
using Nabla.IO;

namespace Nabla;

/// <summary>
/// Reads a folder of PNG images with one subfolder for each class: the sorted names of the subfolders are the classes. Or
/// three such folders in one, named <c>train</c>, <c>test</c> and perhaps <c>validation</c> (or <c>training</c>,
/// <c>testing</c>, and <c>valid</c> or <c>val</c>), of the same classes.
/// </summary>
/// <remarks>
/// All images have one size; colours become grey and light paper dark as <see cref="DigitImage"/> does it, image by image, so
/// that a model sees at inference what it was trained on. Names are sorted as numbers where all are, else by their characters'
/// codes. Files and folders whose name begins with a dot are skipped,
/// and so are <c>Thumbs.db</c> and <c>desktop.ini</c>.
/// </remarks>
public static class ImageFolder
{
    /// <summary>Greatest height and width of an image, in pixels: 1,024.</summary>
    public const int MaxSide = 1024;

    /// <summary>As much as <see cref="DigitImage"/> takes.</summary>
    private const int MaxLength = 4 << 20;

    private static readonly string[][] PartNames = [["train", "training"], ["validation", "valid", "val"], ["test", "testing"]];

    /// <summary>Reads all images.</summary>
    /// <param name="folder">Holds a subfolder for each class, or the folders of the parts.</param>
    /// <param name="options">What is known about them, such as the number of classes, at least as many as there are subfolders; null for nothing.</param>
    /// <returns>The images, with the names of their classes, class by class, each class in the order of its file names.</returns>
    /// <exception cref="MalformedFileException">A file is no such image, sizes or classes differ, or a class has no image.</exception>
    /// <exception cref="IOException">The folder is missing, has no subfolders, or a file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file or folder may not be read.</exception>
    public static DataParts Load(string folder, DataFileOptions? options = null)
    {
        int? classCount = options?.ClassCount;
        string source = $"PNG images from {folder}";
        string?[] parts = FindParts(folder);
        if (parts[0] is null)
        {
            return new DataParts(LoadPart(folder, FindClasses(folder), null, classCount), null, null, source);
        }
        string[] classes = FindClasses(parts[0]!);
        DataSet train = LoadPart(parts[0]!, classes, null, classCount);
        DataSet?[] others = [.. parts.Skip(1).Select(part => part is null ? null : LoadPart(part, CheckSame(part, FindClasses(part), classes), train, classCount))];
        return new DataParts(train, others[0], others[1], source);
    }

    /// <summary>The names of the classes: label 0 is the first.</summary>
    /// <param name="folder">As for <see cref="Load"/>.</param>
    /// <exception cref="IOException">The folder is missing or has no subfolders.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public static IReadOnlyList<string> ClassNames(string folder) => FindClasses(FindParts(folder)[0] ?? folder);

    /// <summary>Whether a folder has subfolders that could be classes.</summary>
    internal static bool IsOne(string folder) => Directory.Exists(folder) && Entries(folder).Any(Directory.Exists);

    /// <summary>Training, validation and test part; all null where the subfolders are not parts but classes.</summary>
    private static string?[] FindParts(string folder)
    {
        string[] names = Directory.Exists(folder) ? [.. Entries(folder).Where(Directory.Exists).Select(path => Path.GetFileName(path))] : [];
        string?[] parts = [.. PartNames.Select(candidates => names.FirstOrDefault(candidates.Contains))];
        return parts[0] is not null && parts.Count(part => part is not null) == names.Length
            ? [.. parts.Select(part => part is null ? null : Path.Combine(folder, part))]
            : new string?[parts.Length];
    }

    private static string[] FindClasses(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"{folder}: there is no such folder; expected one with a subfolder of PNG images for each class.");
        }
        string[] names = [.. Entries(folder).Where(Directory.Exists).Select(path => Path.GetFileName(path))];
        if (names.All(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            // As numbers: 2 before 10.
            names = [.. names.OrderBy(name => int.Parse(name, CultureInfo.InvariantCulture)).ThenBy(name => name, StringComparer.Ordinal)];
        }
        if (Array.Find(names, name => name.Any(char.IsControl)) is string unprintable)
        {
            string shown = string.Concat(unprintable.Select(character => char.IsControl(character) ? '?' : character));
            throw new MalformedFileException(folder, $"has a subfolder '{shown}' with control characters in its name, expected a name of a class; rename it.");
        }
        return names.Length switch
        {
            0 => throw new IOException($"{folder}: has no subfolders, expected one with PNG images for each class."),
            > ClassCount.Maximum => throw new IOException($"{folder}: has {names.Length} subfolders, expected one for each class, at most {ClassCount.Maximum}."),
            _ => names,
        };
    }

    private static string[] CheckSame(string folder, string[] found, string[] expected) => found.SequenceEqual(expected)
        ? found
        : throw new MalformedFileException(folder, $"has the classes {Show(found)}, expected {Show(expected)} as the training part has.");

    private static string Show(string[] names) => string.Join(", ", names.Take(12)) + (names.Length > 12 ? "…" : "");

    private static DataSet LoadPart(string folder, string[] classes, DataSet? train, int? classCount)
    {
        if (classCount < classes.Length)
        {
            throw new MalformedFileException(folder, $"has {classes.Length} subfolders, expected at most {classCount}, one for each class.");
        }
        string[][] files = [.. classes.Select(name => FindImages(Path.Combine(folder, name)))];
        int count = files.Sum(names => names.Length);
        int[] labels = new int[count];
        Shape? shape = train?.Features.SampleShape;
        byte[] pixels = [];
        int i = 0;
        for (int label = 0; label < files.Length; label++)
        {
            foreach (string file in files[label])
            {
                PngFile image = Open(file, shape, train is null ? files[0][0] : "the training part");
                if (pixels.Length == 0)
                {
                    shape ??= [(int)image.Height, (int)image.Width];
                    if ((long)count * shape.Size > SampleLimits.MaxValues)
                    {
                        throw new MalformedFileException(folder, $"has {count} images of {shape}, expected at most {SampleLimits.MaxValues} pixels in all.");
                    }
                    pixels = new byte[count * shape.Size];
                }
                byte[] grey = image.ReadGrey();
                LightPaper.Invert(grey, shape![1]);
                grey.CopyTo(pixels, i * shape.Size);
                labels[i++] = label;
            }
        }
        return DataSet.FromImages(pixels, shape!, labels, classCount ?? classes.Length, classes);
    }

    private static string[] FindImages(string folder)
    {
        string[] entries = [.. Entries(folder)];
        return entries.Length > 0
            ? entries
            : throw new MalformedFileException(folder, "holds no images, expected PNG files; delete the folder if it is no class.");
    }

    private static PngFile Open(string path, Shape? expected, string like)
    {
        using FileStream file = InputFile.Open(path);
        byte[] contents = new byte[Math.Min(file.Length, MaxLength)];
        file.ReadExactly(contents);
        if (!contents.AsSpan().StartsWith(PngFile.Signature))
        {
            string found = contents.Length == 0 ? "is empty" : $"begins with {Convert.ToHexStringLower(contents.AsSpan(0, Math.Min(contents.Length, 8)))}";
            throw new MalformedFileException(path, $"{found}, expected a PNG image (89504e47…); convert it, or move it out of the folder.", 0);
        }
        if (file.Length > MaxLength)
        {
            throw new MalformedFileException(path, $"has {file.Length} bytes, expected at most {MaxLength} for one image; save it without other contents.");
        }
        PngFile image = new(path, contents);
        if (image.Width is < 1 or > MaxSide || image.Height is < 1 or > MaxSide)
        {
            throw new MalformedFileException(path, $"is an image of {image.Height}×{image.Width} pixels, expected 1 to {MaxSide} each; scale it.");
        }
        if (expected is not null && (image.Height != expected[0] || image.Width != expected[1]))
        {
            throw new MalformedFileException(path, $"is an image of {image.Height}×{image.Width} pixels, expected {expected} as in {like}; all images must have one size.");
        }
        return image;
    }

    /// <summary>What is in a folder, sorted, without what systems put there.</summary>
    private static IEnumerable<string> Entries(string folder) =>
        Directory.EnumerateFileSystemEntries(folder)
            .Where(path => Path.GetFileName(path) is var name && name[0] != '.' && name is not ("Thumbs.db" or "desktop.ini"))
            .Order(StringComparer.Ordinal);
}
