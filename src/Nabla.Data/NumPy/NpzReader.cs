using System.Buffers.Binary;
using System.IO.Compression;
using Nabla.IO;

namespace Nabla;

/// <summary>
/// Reads arrays from a <c>.npz</c> file: a zip file, stored or deflated, of <c>.npy</c> files. An array is unpacked only once
/// its header, the zip file's directory and the limits agree on its length.
/// </summary>
internal sealed class NpzReader : IDisposable
{
    /// <summary>No file of data sets has more; it bounds the memory that the directory takes.</summary>
    private const int MaxEntries = 1000;

    /// <summary>The end record without its comment, of at most 65,535 bytes.</summary>
    private const int EndRecordLength = 22;

    /// <summary>Before the end record where the 16 or 32 bits of one of its numbers did not suffice, and what it leads to.</summary>
    private const int LocatorLength = 20;
    private const int Zip64RecordLength = 56;

    /// <summary>A thousand entries with long names fit.</summary>
    private const int MaxDirectoryLength = 1 << 20;

    private const string Ending = ".npy";

    private readonly string _path;
    private readonly FileStream? _mapped;
    private readonly ZipArchive _archive;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = [];

    private NpzReader(string path, FileStream? mapped, ZipArchive archive)
    {
        _path = path;
        _mapped = mapped;
        _archive = archive;
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            string name = entry.FullName.EndsWith(Ending, StringComparison.Ordinal) ? entry.FullName[..^Ending.Length] : entry.FullName;
            if (name.Any(char.IsControl))
            {
                throw new MalformedFileException(path, $"has an array '{string.Concat(name.Select(character => char.IsControl(character) ? '?' : character))}' with control characters in its name, expected plain text; the file is damaged.");
            }
            if (!_entries.TryAdd(name, entry))
            {
                throw new MalformedFileException(path, $"found '{name}' twice, expected each array once.");
            }
        }
    }

    /// <summary>Names of the arrays, without .npy, in the order of the file.</summary>
    public IEnumerable<string> Names => _entries.Keys;

    /// <summary>Opens a file and reads its directory.</summary>
    /// <param name="path">The file.</param>
    /// <param name="map">Whether samples of bytes are mapped where they are not compressed.</param>
    public static NpzReader Open(string path, bool map = false)
    {
        FileStream file = InputFile.Open(path);
        try
        {
            return Guard(path, () =>
            {
                CheckEntryCount(path, file);
                return new NpzReader(path, map ? file : null, new ZipArchive(file, ZipArchiveMode.Read));
            });
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads the array of that name.</summary>
    /// <returns>Null where there is none.</returns>
    public NumericArray? Read(string name) => _entries.TryGetValue(name, out ZipArchiveEntry? entry) ? Guard(_path, () => Read(entry)) : null;

    /// <summary>Type and extents of the array of that name.</summary>
    /// <returns>Null where there is none, or what is there is no array of numbers.</returns>
    public ArrayOutline? Describe(string name)
    {
        if (!_entries.TryGetValue(name, out ZipArchiveEntry? entry) || entry.IsEncrypted)
        {
            return null;
        }
        try
        {
            return Guard(_path, () =>
            {
                using ZipEntryReader reader = new(_path, entry);
                NpyHeader header = NpyHeader.Read(reader);
                return new ArrayOutline(header.Type, header.Shape);
            });
        }
        catch (MalformedFileException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _archive.Dispose();

    private NumericArray Read(ZipArchiveEntry entry)
    {
        if (entry.IsEncrypted)
        {
            throw new MalformedFileException(_path, $"{entry.FullName} is encrypted, expected plain contents; save it without a password.");
        }
        long most = Math.Min(Array.MaxLength, DataReader.MaxUnpacked(entry.CompressedLength));
        if (entry.Length > most)
        {
            throw new MalformedFileException(_path,
                $"{entry.FullName} claims to unpack {entry.CompressedLength} bytes to {entry.Length}, expected at most {most}; it was not unpacked (np.savez writes it uncompressed).");
        }
        using ZipEntryReader reader = new(_path, entry, _mapped);
        NpyHeader header = NpyHeader.Read(reader);
        if (reader.Offset + header.DataLength != entry.Length)
        {
            throw new MalformedFileException(reader.FilePath,
                $"claims {entry.Length} bytes in the zip file, expected {reader.Offset + header.DataLength} as its shape ({string.Join(", ", header.Shape)}) of {header.Type} needs; it was not unpacked.", reader.Offset);
        }
        return header.ReadArray(reader);
    }

    private static void CheckEntryCount(string path, FileStream file)
    {
        byte[] end = new byte[Math.Min(file.Length, EndRecordLength + ushort.MaxValue)];
        file.Position = file.Length - end.Length;
        file.ReadExactly(end);
        int record = end.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        if (record < 0 || end.Length - record < EndRecordLength)
        {
            throw new MalformedFileException(path, "found no end record, which every zip file has; the file is cut short.", file.Length);
        }
        ulong count = BinaryPrimitives.ReadUInt16LittleEndian(end.AsSpan(record + 10));
        ulong directoryLength = BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(record + 12));
        uint directoryOffset = BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(record + 16));
        ushort disk = BinaryPrimitives.ReadUInt16LittleEndian(end.AsSpan(record + 4));
        if (count == ushort.MaxValue || directoryLength == uint.MaxValue || directoryOffset == uint.MaxValue || disk == ushort.MaxValue)
        {
            (count, directoryLength) = ReadZip64Counts(path, file, file.Length - end.Length + record);
        }
        if (count > MaxEntries || directoryLength > MaxDirectoryLength)
        {
            throw new MalformedFileException(path, $"claims {count} entries in a directory of {directoryLength} bytes, expected at most {MaxEntries} in {MaxDirectoryLength}.", file.Length - end.Length + record);
        }
        file.Position = 0;
    }

    /// <summary>The same numbers in 64 bits, which stand in a record of their own: number of entries and length of the directory.</summary>
    private static (ulong Count, ulong DirectoryLength) ReadZip64Counts(string path, FileStream file, long endRecord)
    {
        byte[] locator = new byte[LocatorLength], record = new byte[Zip64RecordLength];
        if (TryRead(file, endRecord - LocatorLength, locator) && locator.AsSpan().StartsWith("PK\u0006\u0007"u8)
            && TryRead(file, BinaryPrimitives.ReadInt64LittleEndian(locator.AsSpan(8)), record) && record.AsSpan().StartsWith("PK\u0006\u0006"u8))
        {
            return (BinaryPrimitives.ReadUInt64LittleEndian(record.AsSpan(32)), BinaryPrimitives.ReadUInt64LittleEndian(record.AsSpan(40)));
        }
        throw new MalformedFileException(path, "has no zip64 record where its end record leads to one; the file is damaged.", endRecord);
    }

    private static bool TryRead(FileStream file, long offset, byte[] bytes)
    {
        if (offset < 0 || offset > file.Length - bytes.Length)
        {
            return false;
        }
        file.Position = offset;
        file.ReadExactly(bytes);
        return true;
    }

    /// <summary>Turns what the zip reader throws for damaged files into the one exception for them.</summary>
    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or ArgumentException or NotSupportedException or OverflowException)
        {
            throw new MalformedFileException(path,
                $"cannot be unpacked ({exception.Message.TrimEnd('.')}), expected an intact zip file, stored or deflated; download or save it again.", -1, exception);
        }
    }
}
