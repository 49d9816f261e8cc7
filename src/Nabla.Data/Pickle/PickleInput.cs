using System.Buffers.Binary;

namespace Nabla;

/// <summary>Gives a pickle's operation codes and arguments, from a buffer where they are small and straight where they are large.</summary>
internal sealed class PickleInput(DataReader reader)
{
    /// <summary>
    /// Most bytes of a pickle, decompressed: what is read stays in memory, and a compressed file can be a thousand times
    /// smaller. The 70,000 images of deeplearning.net have 0.2 thousand million bytes; as text of 64-bit numbers four times that.
    /// </summary>
    private const int MaxBytes = 1 << 30;

    private const int BufferLength = 1 << 16;

    private readonly byte[] _buffer = new byte[BufferLength];
    private int _start;
    private int _end;

    /// <summary>How errors name the file.</summary>
    public string FilePath => reader.FilePath;

    /// <summary>Number of bytes taken so far.</summary>
    public long Position => reader.Offset - (_end - _start);

    /// <summary>Takes one byte.</summary>
    public byte ReadByte(string what)
    {
        if (_start == _end && !Fill())
        {
            throw new MalformedFileException(FilePath, $"ends before {what}; the file is cut short.", Position);
        }
        return _buffer[_start++];
    }

    /// <summary>Takes a whole number of <paramref name="size"/> bytes, the least significant first, without sign.</summary>
    public ulong ReadUnsigned(int size, string what)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        for (int i = 0; i < size; i++)
        {
            bytes[i] = ReadByte(what);
        }
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>Takes as many bytes as a length before them claims; memory is taken as they come.</summary>
    /// <param name="length">As many as a whole pickle may have, with those before, else it is refused.</param>
    /// <param name="what">What they are, for errors.</param>
    public byte[] ReadBytes(ulong length, string what)
    {
        if (length > (ulong)(MaxBytes - Position))
        {
            throw new MalformedFileException(FilePath, $"claims {length} bytes for {what}, expected at most {MaxBytes} in all.", Position);
        }
        int count = (int)length;
        int buffered = Math.Min(count, _end - _start);
        if (buffered == count)
        {
            byte[] small = _buffer[_start..(_start + count)];
            _start += count;
            return small;
        }
        byte[] head = _buffer[_start..(_start + buffered)];
        _start += buffered;
        return reader.ReadBytes(head, count, what);
    }

    /// <summary>Takes the bytes up to the next line feed, and that too.</summary>
    /// <param name="greatest">Greatest number of bytes; a longer line is refused.</param>
    /// <param name="what">What the line is, for errors.</param>
    public byte[] ReadLine(int greatest, string what)
    {
        long start = Position;
        using MemoryStream line = new();
        while (true)
        {
            int length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            int taken = length < 0 ? _end - _start : length;
            if (line.Length + taken > greatest)
            {
                throw new MalformedFileException(FilePath, $"{what} goes on after {greatest} bytes, expected a line end before.", start);
            }
            line.Write(_buffer, _start, taken);
            _start += taken;
            if (length >= 0)
            {
                _start++;
                return line.ToArray();
            }
            if (!Fill())
            {
                throw new MalformedFileException(FilePath, $"ends within {what}, expected a line end; the file is cut short.", Position);
            }
        }
    }

    /// <summary>Makes sure that nothing follows.</summary>
    public void ExpectEnd()
    {
        if (_start < _end)
        {
            throw new MalformedFileException(FilePath, "goes on after the end of the pickle, expected nothing there; the file holds more than one, or is damaged.", Position);
        }
        reader.ExpectEnd();
    }

    private bool Fill()
    {
        if (Position >= MaxBytes)
        {
            throw new MalformedFileException(FilePath, $"goes on after {MaxBytes} bytes, expected at most as many in a pickle; save the arrays as npz.", Position);
        }
        _start = 0;
        _end = reader.ReadUpTo(_buffer.AsSpan(0, (int)Math.Min(BufferLength, MaxBytes - reader.Offset)));
        return _end > 0;
    }
}
