using System.Globalization;

namespace Nabla;

/// <summary>
/// Reads a folder of pictures (<see cref="PictureFile"/>) with one subfolder for each class: the sorted names of the subfolders are the classes. Or
/// several such folders in one, named <c>train</c>, <c>validation</c> and <c>test</c> (or <c>training</c>, <c>valid</c> or <c>val</c>, and <c>testing</c>): classes are those of the training part.
/// </summary>
/// <remarks>
/// All pictures are brought to one size, the commonest unless another is asked for, by area averaging; to grey levels where all are grey, else to colours. Grey pictures that are dark on light in
/// nearly every class are inverted, all of them. Names are sorted as numbers where all are, else by their characters' codes, and are the same where only their Unicode normalisation differs. What systems
/// put into folders is passed over: names that begin with a dot, <c>Thumbs.db</c>, <c>desktop.ini</c>, <c>__MACOSX</c> and <c>@eaDir</c>. What else is left out is said.
/// </remarks>
public static class ImageFolder
{
    /// <summary>Pictures of folders are kept until their size is known, up to so many bytes.</summary>
    private const long MostKept = 1L << 30;

    private const int ShownNames = 12;

    private static readonly (string Name, string[] Candidates)[] PartNames =
        [("training", ["train", "training"]), ("validation", ["validation", "valid", "val"]), ("test", ["test", "testing"])];

    private static readonly string[] OfSystems = ["Thumbs.db", "desktop.ini", "__MACOSX", "@eaDir", "$RECYCLE.BIN", "System Volume Information"];

    private static readonly string[] Endings = [".jpg", ".jpeg", ".png", ".bmp", ".webp", ".gif", ".pgm"];

    /// <summary>Reads all pictures.</summary>
    /// <param name="folder">Holds a subfolder for each class, or the folders of the parts.</param>
    /// <param name="options">Size, channels and so on; null for what the pictures themselves say.</param>
    /// <returns>Images of bytes with the names of their classes, class by class, each class in the order of its file names.</returns>
    /// <exception cref="MalformedFileException">A file is no picture, a part has classes of its own, or a class has no picture.</exception>
    /// <exception cref="IOException">The folder is missing, has no subfolders, or a file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file or folder may not be read.</exception>
    /// <exception cref="ArgumentException">An option says nothing about pictures.</exception>
    public static DataParts Load(string folder, DataFileOptions? options = null)
    {
        options ??= new DataFileOptions();
        DataFileOptions.ThrowIfUseless(folder, "a folder of pictures", options.OfTables(), options.OfArrays(), options.OfImages());
        List<string> notes = [];
        string?[] parts = FindParts(folder, notes);
        // A test part alone is all there is.
        int main = Array.FindIndex(parts, part => part is not null);
        bool isTestOnly = main == parts.Length - 1;
        (string Name, string Path)[] classes = FindClasses(main < 0 ? folder : parts[main]!);
        string[] names = [.. classes.Select(entry => entry.Name)];
        if (options.ClassCount < names.Length)
        {
            throw new MalformedFileException(folder, $"has {names.Length} subfolders, expected at most {options.ClassCount}, one for each class.");
        }
        List<PictureEntry>?[] entries = new List<PictureEntry>?[PartNames.Length];
        if (main < 0)
        {
            entries[0] = Find(classes, names, isMain: true, folder, notes);
        }
        for (int part = 0; part < parts.Length && main >= 0; part++)
        {
            if (parts[part] is string path)
            {
                entries[part] = Find(part == main ? classes : FindClasses(path), names, part == main, path, notes);
            }
        }
        PictureSet set = PictureSet.Decode(folder, [.. entries.SelectMany(part => part ?? [])], Math.Max(0, entries[main < 0 ? 0 : main]!.Count), options, notes);
        DataSet?[] data = [.. entries.Select(part => part is null ? null : new DataSet(
            set.Take(part), new ClassLabels([.. part.Where(set.Has).Select(entry => entry.Label)], options.ClassCount ?? names.Length, names)))];
        if (isTestOnly)
        {
            notes.Add("only a test part");
        }
        return DataFiles.Finished(
            new DataParts(data[main < 0 ? 0 : main]!, main == 0 || main < 0 ? data[1] : null, isTestOnly ? null : data[2], $"pictures from {folder}") { Notes = notes, IsTestOnly = isTestOnly }, options);
    }

    /// <summary>The names of the classes: label 0 is the first.</summary>
    /// <param name="folder">As for <see cref="Load"/>.</param>
    /// <exception cref="IOException">The folder is missing or has no subfolders.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public static IReadOnlyList<string> ClassNames(string folder) => [.. FindClasses(FindParts(folder, []).FirstOrDefault(part => part is not null) ?? folder).Select(entry => entry.Name)];

    /// <summary>Whether a folder has subfolders that could be classes.</summary>
    internal static bool IsOne(string folder) => Directory.Exists(folder) && Entries(folder).Any(Directory.Exists);

    /// <summary>Training, validation and test part; all null where the subfolders are not parts but classes: a class may well be called train, but has no subfolders.</summary>
    private static string?[] FindParts(string folder, List<string> notes)
    {
        string[] folders = Directory.Exists(folder) ? [.. Entries(folder).Where(Directory.Exists)] : [];
        string?[] parts = [.. PartNames.Select(part => folders.FirstOrDefault(path => part.Candidates.Contains(Path.GetFileName(path).ToLowerInvariant()) && Entries(path).Any(Directory.Exists)))];
        // A validation part alone is nothing, and a folder of classes can hold one that is called test.
        if (parts[0] is null && (parts[2] is null || folders.Length > 1))
        {
            return new string?[parts.Length];
        }
        string[] others = [.. folders.Except(parts).Select(path => Path.GetFileName(path)!)];
        if (others.Length > 0)
        {
            notes.Add($"left out: {Show(others)} beside the {string.Join(" and ", parts.Where(part => part is not null).Select(part => Path.GetFileName(part)))} part");
        }
        return parts;
    }

    private static (string Name, string Path)[] FindClasses(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"{folder}: there is no such folder; expected one with a subfolder of pictures for each class.");
        }
        // Systems write accents in one character or in two.
        (string Name, string Path)[] found = [.. Entries(folder).Where(Directory.Exists).Select(path => (ComposedName.Of(Path.GetFileName(path)), path))];
        if (found.GroupBy(entry => entry.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new MalformedFileException(folder, $"has {twice.Count()} subfolders named '{twice.Key}', whose names differ in Unicode normalisation alone; put them together.");
        }
        found = found.All(entry => int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            // As numbers: 2 before 10.
            ? [.. found.OrderBy(entry => int.Parse(entry.Name, CultureInfo.InvariantCulture)).ThenBy(entry => entry.Name, StringComparer.Ordinal)]
            : [.. found.OrderBy(entry => entry.Name, StringComparer.Ordinal)];
        if (Array.Find(found, entry => entry.Name.Any(char.IsControl)).Name is string unprintable)
        {
            string shown = string.Concat(unprintable.Select(character => char.IsControl(character) ? '?' : character));
            throw new MalformedFileException(folder, $"has a subfolder '{shown}' with control characters in its name, expected a name of a class; rename it.");
        }
        return found.Length switch
        {
            0 => throw new IOException($"{folder}: has no subfolders, expected one with pictures for each class."),
            > ClassCount.Maximum => throw new IOException($"{folder}: has {found.Length} subfolders, expected one for each class, at most {ClassCount.Maximum}."),
            _ => found,
        };
    }

    /// <summary>The files of a part, class by class.</summary>
    private static List<PictureEntry> Find((string Name, string Path)[] classes, string[] known, bool isMain, string folder, List<string> notes)
    {
        if (Array.Find(classes, entry => !known.Contains(entry.Name)) is { Path: string unknown } other)
        {
            throw new MalformedFileException(unknown, $"is a class '{other.Name}' that the training part does not have, expected one of {Show(known)}.");
        }
        List<PictureEntry> entries = [];
        List<string> lacking = [];
        for (int label = 0; label < known.Length; label++)
        {
            string? path = Array.Find(classes, entry => entry.Name == known[label]).Path;
            string[] files = path is null ? [] : [.. Entries(path)];
            if (files.Length > 0)
            {
                entries.AddRange(files.Select(file => new PictureEntry(file, label)));
            }
            else if (isMain)
            {
                throw new MalformedFileException(path!, "holds no pictures; delete the folder if it is no class.");
            }
            else
            {
                lacking.Add(known[label]);
            }
        }
        if (entries.Count == 0)
        {
            throw new MalformedFileException(folder, "holds no pictures; delete the folder if there is no such part.");
        }
        if (lacking.Count > 0)
        {
            notes.Add($"{Path.GetFileName(folder)}: no pictures of {Show([.. lacking])}");
        }
        int beside = Entries(folder).Count(path => Endings.Contains(Path.GetExtension(path).ToLowerInvariant()) && File.Exists(path));
        if (beside > 0)
        {
            notes.Add($"left out: {beside} {(beside == 1 ? "picture" : "pictures")} beside the folders of the classes in {folder}");
        }
        return entries;
    }

    private static string Show(string[] names) => string.Join(", ", names.Take(ShownNames)) + (names.Length > ShownNames ? "…" : "");

    /// <summary>What is in a folder, sorted, without what systems put there.</summary>
    private static IEnumerable<string> Entries(string folder) =>
        Directory.EnumerateFileSystemEntries(folder)
            .Where(path => Path.GetFileName(path) is var name && name[0] != '.' && !OfSystems.Contains(name, StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal);

    /// <summary>A file of a class.</summary>
    /// <param name="Path">The file.</param>
    /// <param name="Label">Its class.</param>
    internal sealed record PictureEntry(string Path, int Label);

    /// <summary>Decoded pictures of one size.</summary>
    private sealed class PictureSet
    {
        private readonly Dictionary<PictureEntry, int> _places;
        private readonly byte[] _levels;
        private readonly Shape _shape;

        private PictureSet(Dictionary<PictureEntry, int> places, byte[] levels, Shape shape) => (_places, _levels, _shape) = (places, levels, shape);

        /// <summary>Whether a picture is not broken.</summary>
        public bool Has(PictureEntry entry) => _places.ContainsKey(entry);

        /// <summary>The samples of a part.</summary>
        public ByteFeatures Take(List<PictureEntry> part)
        {
            int[] places = [.. part.Where(Has).Select(entry => _places[entry])];
            byte[] levels = new byte[places.Length * _shape.Size];
            for (int i = 0; i < places.Length; i++)
            {
                _levels.AsSpan(places[i] * _shape.Size, _shape.Size).CopyTo(levels.AsSpan(i * _shape.Size));
            }
            return new ByteFeatures(levels, _shape);
        }

        /// <summary>Decodes all pictures, on all threads: once where they may be kept until it is known what they have to become, else twice.</summary>
        public static PictureSet Decode(string folder, PictureEntry[] entries, int mainCount, DataFileOptions options, List<string> notes)
        {
            PictureOutline?[] outlines = new PictureOutline?[entries.Length];
            Exception?[] faults = new Exception?[entries.Length];
            long kept = 0;
            Parallel.For(0, entries.Length, (i, state) =>
            {
                // The first in order is named, whoever finds it.
                if (state.LowestBreakIteration < i)
                {
                    return;
                }
                try
                {
                    outlines[i] = PictureOutline.Of(PictureFile.Read(entries[i].Path));
                    if (Interlocked.Add(ref kept, outlines[i]!.Length) > MostKept)
                    {
                        outlines[i]!.Drop();
                    }
                }
                catch (Exception exception) when (exception is MalformedFileException or IOException or UnauthorizedAccessException)
                {
                    faults[i] = exception;
                    if (!options.SkipBroken)
                    {
                        state.Break();
                    }
                }
            });
            int[] broken = [.. Enumerable.Range(0, entries.Length).Where(i => faults[i] is not null)];
            if (broken.Length > 0 && !options.SkipBroken)
            {
                throw Broken(entries[broken[0]].Path, faults[broken[0]]!);
            }
            if (broken.Length > 0)
            {
                notes.Add($"{broken.Length} broken {(broken.Length == 1 ? "picture" : "pictures")} passed over, the first {faults[broken[0]]!.Message}");
            }
            PictureOutline[] main = [.. outlines.Take(mainCount).OfType<PictureOutline>()];
            if (main.Length == 0)
            {
                throw new MalformedFileException(folder, "has no picture that can be read.");
            }
            Shape shape = ShapeOf(folder, main, outlines, options, notes);
            bool onBlack = IsLightInk(outlines, notes);
            Dictionary<PictureEntry, int> places = [];
            for (int i = 0; i < entries.Length; i++)
            {
                if (outlines[i] is not null)
                {
                    places.Add(entries[i], places.Count);
                }
            }
            if ((long)places.Count * shape.Size > SampleLimits.MaxValues)
            {
                throw new MalformedFileException(folder, $"has {places.Count} pictures, which are {shape}, expected at most {SampleLimits.MaxValues} levels in all; make them smaller with --size.");
            }
            byte[] levels = new byte[places.Count * shape.Size];
            Parallel.For(0, entries.Length, i =>
            {
                if (outlines[i] is { } outline)
                {
                    byte[] own = outline.LevelsOf(shape.Count == 3 ? 3 : 1, onBlack, () => PictureFile.Read(entries[i].Path));
                    PictureScaling.Scale(own, outline.Height, outline.Width, shape, options.Fit ?? PictureFit.Pad).CopyTo(levels.AsSpan(places[entries[i]] * shape.Size));
                    outline.Drop();
                }
            });
            return new PictureSet(places, levels, shape);
        }

        private static Exception Broken(string path, Exception fault) => fault is MalformedFileException
            ? new MalformedFileException(path, $"{fault.Message[(fault.Message.StartsWith(path, StringComparison.Ordinal) ? path.Length : 0)..].TrimStart(':', ' ').TrimEnd('.')}; --skip-broken passes over it.")
            : fault;

        private static Shape ShapeOf(string folder, PictureOutline[] main, PictureOutline?[] all, DataFileOptions options, List<string> notes)
        {
            (int Height, int Width)[] sizes = [.. main.GroupBy(outline => (outline.Height, outline.Width)).OrderByDescending(group => group.Count()).ThenBy(group => group.Key).Select(group => group.Key)];
            (int height, int width) = options.Size ?? sizes[0];
            if (height > DataFileOptions.MaxSide || width > DataFileOptions.MaxSide)
            {
                throw new MalformedFileException(folder, $"has pictures of {height}×{width} pixels, expected at most {DataFileOptions.MaxSide} a side; make them smaller with --size, such as --size 64x64.");
            }
            bool isGrey = (options.Channels ?? (Array.TrueForAll(all, outline => outline?.IsGrey ?? true) ? 1 : 3)) == 1;
            int others = all.Count(outline => outline is not null && (outline.Height, outline.Width) != (height, width));
            string size = others == 0 ? "" : options.Size is null
                ? $", the commonest size: {others} others are brought to it (--size, --fit)"
                : $": {others} are brought to that";
            notes.Add($"pictures of {height}×{width}{size}; {(isGrey ? "grey" : options.Channels is null ? "in colours, since not all are grey (--channels)" : "in colours")}");
            return isGrey ? [height, width] : [height, width, 3];
        }

        /// <summary>Whether ink on nothing is light in most pictures that have transparency, which is then laid on black.</summary>
        private static bool IsLightInk(PictureOutline?[] outlines, List<string> notes)
        {
            int transparent = outlines.Count(outline => outline?.IsTransparent == true), light = outlines.Count(outline => outline is { IsTransparent: true, HasLightInk: true });
            bool onBlack = transparent > 0 && 2 * light > transparent;
            if (transparent > 0)
            {
                notes.Add($"{transparent} transparent {(transparent == 1 ? "picture" : "pictures")}, laid on {(onBlack ? "black, since what they show is light" : "white")}");
            }
            return onBlack;
        }
    }
}
