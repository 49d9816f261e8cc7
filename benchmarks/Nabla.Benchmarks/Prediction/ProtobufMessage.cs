using System.Runtime.InteropServices;
using System.Text;

namespace Nabla.Benchmarks.Prediction;

/// <summary>A message in Google's binary format, as far as it is needed here: https://protobuf.dev/programming-guides/encoding.</summary>
internal sealed class ProtobufMessage
{
    private const int VariableLengthInteger = 0;
    private const int LengthDelimited = 2;
    private readonly List<byte> _bytes = [];

    public byte[] ToBytes() => [.. _bytes];

    public ProtobufMessage Add(int field, long value)
    {
        WriteInteger((ulong)(field << 3 | VariableLengthInteger));
        WriteInteger((ulong)value);
        return this;
    }

    public ProtobufMessage Add(int field, string text) => Add(field, Encoding.UTF8.GetBytes(text));

    public ProtobufMessage Add(int field, ProtobufMessage message) => Add(field, message.ToBytes());

    /// <summary>The numbers' own bytes, little-endian.</summary>
    public ProtobufMessage Add(int field, float[] values) => Add(field, MemoryMarshal.AsBytes(values.AsSpan()));

    private ProtobufMessage Add(int field, ReadOnlySpan<byte> bytes)
    {
        WriteInteger((ulong)(field << 3 | LengthDelimited));
        WriteInteger((ulong)bytes.Length);
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>Seven bits a byte, the lowest first; the highest bit says that more follow.</summary>
    private void WriteInteger(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _bytes.Add((byte)(value | 0x80));
        }
        _bytes.Add((byte)value);
    }
}
