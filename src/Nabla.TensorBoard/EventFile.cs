using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Google.Protobuf;
using Nabla.TensorBoard;

namespace Nabla;

/// <summary>
/// A file of events that TensorBoard reads. Each is a record of TensorFlow's: its length (64 bits), a masked CRC-32C of that, the event, and a masked CRC-32C of it, all little-endian.
/// </summary>
internal sealed class EventFile : IDisposable
{
    private readonly FileStream _file;

    private EventFile(FileStream file) => _file = file;

    /// <summary>Makes a new file, and the folder where there is none; TensorBoard finds it by its name.</summary>
    public static EventFile Create(string folder)
    {
        Directory.CreateDirectory(folder);
        string name = string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{DateTimeOffset.UtcNow.ToUnixTimeSeconds():D10}.{Environment.MachineName}");
        for (int number = 0; ; number++)
        {
            // Two trainings in one folder may begin in the same second.
            string path = Path.Combine(folder, number == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}.{number}"));
            if (!File.Exists(path))
            {
                EventFile file = new(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read));
                file.Write(new Event { FileVersion = "brain.Event:2" });
                return file;
            }
        }
    }

    /// <summary>Adds an event; its time is now.</summary>
    public void Write(Event what)
    {
        what.WallTime = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds;
        _file.Write(Frame(what.ToByteArray()));
    }

    /// <summary>Gives all that was added to readers of the file.</summary>
    public void Flush() => _file.Flush();

    public void Dispose() => _file.Dispose();

    /// <summary>A record with its length and sums.</summary>
    internal static byte[] Frame(ReadOnlySpan<byte> data)
    {
        const int Head = sizeof(ulong), Sum = sizeof(uint);
        byte[] record = new byte[Head + Sum + data.Length + Sum];
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(Head), MaskedCrc(record.AsSpan(0, Head)));
        data.CopyTo(record.AsSpan(Head + Sum));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(Head + Sum + data.Length), MaskedCrc(data));
        return record;
    }

    /// <summary>CRC-32C (Castagnoli), turned and shifted: a sum of data that contains sums of the same kind would be weak.</summary>
    internal static uint MaskedCrc(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }
        return BitOperations.RotateRight(~crc, 15) + 0xa282ead8;
    }
}
