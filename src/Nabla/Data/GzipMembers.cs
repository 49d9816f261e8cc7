using System.IO.Compression;

namespace Nabla;

/// <summary>
/// Goes through a gzip file member by member. .NET's own reader decompresses several members as one, but does not say where each ends, and passes over what follows the last. Format: RFC 1952.
/// </summary>
internal static class GzipMembers
{
    private const int HeaderLength = 10, TrailerLength = 8;
    private const int HasCheck = 2, HasExtra = 4, HasName = 8, HasComment = 16;

    /// <summary>Decompressed length of all members, where the file consists of whole members and perhaps the end of a line; −1 where it does not.</summary>
    public static long Measure(Stream file)
    {
        try
        {
            return MeasureMembers(file);
        }
        catch (InvalidDataException)
        {
            return -1;
        }
    }

    private static long MeasureMembers(Stream file)
    {
        file.Position = 0;
        using BufferedStream buffered = new(file, 1 << 16);
        SingleBytes bytes = new(buffered);
        byte[] scratch = new byte[1 << 16];
        long length = 0;
        while (true)
        {
            int first = bytes.ReadByte();
            if (first is -1 or '\n' or '\r')
            {
                return first == -1 || IsLineEnd(first, bytes) ? length : -1;
            }
            if (first != 0x1f || !SkipHeader(bytes))
            {
                return -1;
            }
            using (DeflateStream deflate = new(bytes, CompressionMode.Decompress, leaveOpen: true))
            {
                uint own = 0;
                for (int read; (read = deflate.Read(scratch)) > 0; own += (uint)read)
                {
                    length += read;
                }
                // The check sum before it was compared when the data was read.
                uint claimed = 0;
                for (int i = 0; i < TrailerLength; i++)
                {
                    int next = bytes.ReadByte();
                    if (next < 0)
                    {
                        return -1;
                    }
                    claimed |= i < 4 ? 0 : (uint)next << 8 * (i - 4);
                }
                if (claimed != own)
                {
                    return -1;
                }
            }
        }
    }

    private static bool IsLineEnd(int first, SingleBytes bytes) => first == '\n' ? bytes.ReadByte() == -1 : bytes.ReadByte() == '\n' && bytes.ReadByte() == -1;

    private static bool SkipHeader(SingleBytes bytes)
    {
        int flags = 0;
        for (int i = 1; i < HeaderLength; i++)
        {
            int next = bytes.ReadByte();
            if (next < 0 || (i == 1 && next != 0x8b) || (i == 2 && next != 8))
            {
                return false;
            }
            flags = i == 3 ? next : flags;
        }
        int extra = (flags & HasExtra) == 0 ? 0 : bytes.ReadByte() | bytes.ReadByte() << 8;
        for (int i = 0; i < extra; i++)
        {
            if (bytes.ReadByte() < 0)
            {
                return false;
            }
        }
        int texts = ((flags & HasName) != 0 ? 1 : 0) + ((flags & HasComment) != 0 ? 1 : 0);
        while (texts > 0)
        {
            int next = bytes.ReadByte();
            if (next < 0)
            {
                return false;
            }
            texts -= next == 0 ? 1 : 0;
        }
        return (flags & HasCheck) == 0 || (bytes.ReadByte() >= 0 && bytes.ReadByte() >= 0);
    }

    /// <summary>Gives one byte at a time, so that who decompresses takes none that is not its own.</summary>
    private sealed class SingleBytes(Stream source) : Stream
    {
        private readonly byte[] _one = new byte[1];

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int ReadByte() => source.ReadByte();

        public override int Read(Span<byte> buffer)
        {
            if (buffer.IsEmpty || source.Read(_one) == 0)
            {
                return 0;
            }
            buffer[0] = _one[0];
            return 1;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
