using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Nabla;

/// <summary>An array of numbers as a file has it.</summary>
/// <remarks>Nothing is copied or transposed before it is asked for: a pickle may make many arrays of the same bytes.</remarks>
/// <param name="type">Type of a number.</param>
/// <param name="shape">The extents, each at least 0; none for a single number.</param>
/// <param name="isFortran">Whether the first index is fastest, instead of the last.</param>
/// <param name="data">The numbers, exactly as many bytes as shape and type need; not copied and not changed.</param>
internal sealed class NumericArray(NumericType type, int[] shape, bool isFortran, ReadOnlyMemory<byte> data)
{
    /// <summary>As many as NumPy allows.</summary>
    public const int MaxExtents = 64;

    private ReadOnlyMemory<byte>? _rowMajor;

    /// <summary>Type of a number.</summary>
    public NumericType Type => type;

    /// <summary>The extents.</summary>
    public ReadOnlySpan<int> Shape => shape;

    /// <summary>Number of numbers.</summary>
    public int Count => data.Length / type.Size;

    /// <summary>The same numbers, the last index fastest, in another shape of as many.</summary>
    public NumericArray Reshaped(int[] extents) => new(MachineType, extents, isFortran: false, ToRowMajor());

    private NumericType MachineType => type with { IsBigEndian = type.Size > 1 && !BitConverter.IsLittleEndian };

    /// <summary>The first number of each row of two extents.</summary>
    public NumericArray FirstColumn()
    {
        ReadOnlySpan<byte> rows = ToRowMajor().Span;
        byte[] column = new byte[shape[0] * type.Size];
        for (int row = 0; row < shape[0]; row++)
        {
            rows.Slice(row * shape[1] * type.Size, type.Size).CopyTo(column.AsSpan(row * type.Size));
        }
        return new NumericArray(MachineType, [shape[0]], isFortran: false, column);
    }

    /// <summary>Checks a shape against the limits.</summary>
    /// <param name="extents">The extents.</param>
    /// <param name="type">Type of a number.</param>
    /// <param name="length">Number of bytes of such an array.</param>
    /// <returns>What is wrong, or null.</returns>
    public static string? FindFault(ReadOnlySpan<long> extents, NumericType type, out int length)
    {
        length = 0;
        if (extents.Length > MaxExtents)
        {
            return $"has {extents.Length} extents, expected at most {MaxExtents}";
        }
        Int128 count = 1;
        bool isEmpty = false;
        foreach (long extent in extents)
        {
            isEmpty |= extent == 0;
            // Extents beside a 0 count too: they become 32-bit numbers.
            count *= extent == 0 ? 1 : extent;
            if (extent < 0 || count > SampleLimits.MaxValues || count * type.Size > Array.MaxLength)
            {
                return $"has the shape ({string.Join(", ", extents.ToArray())}), expected extents of at least 0, at most {SampleLimits.MaxValues} numbers and {Array.MaxLength} bytes";
            }
        }
        length = isEmpty ? 0 : (int)count * type.Size;
        return null;
    }

    /// <summary>Shows the numbers to <paramref name="visitor"/>, the last index fastest.</summary>
    public TResult Accept<TVisitor, TResult>(TVisitor visitor)
        where TVisitor : struct, INumericVisitor<TResult>
    {
        ReadOnlySpan<byte> values = ToRowMajor().Span;
        return (type.Kind, type.Size) switch
        {
            (NumericKind.Signed, 1) => visitor.Visit<sbyte>(MemoryMarshal.Cast<byte, sbyte>(values)),
            (NumericKind.Signed, 2) => visitor.Visit<short>(MemoryMarshal.Cast<byte, short>(values)),
            (NumericKind.Signed, 4) => visitor.Visit<int>(MemoryMarshal.Cast<byte, int>(values)),
            (NumericKind.Signed, _) => visitor.Visit<long>(MemoryMarshal.Cast<byte, long>(values)),
            (NumericKind.Unsigned, 2) => visitor.Visit<ushort>(MemoryMarshal.Cast<byte, ushort>(values)),
            (NumericKind.Unsigned, 4) => visitor.Visit<uint>(MemoryMarshal.Cast<byte, uint>(values)),
            (NumericKind.Unsigned, 8) => visitor.Visit<ulong>(MemoryMarshal.Cast<byte, ulong>(values)),
            (NumericKind.Float, 2) => visitor.Visit<Half>(MemoryMarshal.Cast<byte, Half>(values)),
            (NumericKind.Float, 4) => visitor.Visit<float>(MemoryMarshal.Cast<byte, float>(values)),
            (NumericKind.Float, _) => visitor.Visit<double>(MemoryMarshal.Cast<byte, double>(values)),
            _ => visitor.Visit<byte>(values),
        };
    }

    /// <summary>Type and extents, for errors: <c>&lt;f4 of shape (50000, 784)</c>.</summary>
    public override string ToString() => $"{type} of shape ({string.Join(", ", shape)})";

    /// <summary>The numbers in this machine's byte order, the last index fastest; the file's own bytes where they are so.</summary>
    public ReadOnlyMemory<byte> ToRowMajor() => _rowMajor ??= MakeRowMajor();

    private ReadOnlyMemory<byte> MakeRowMajor()
    {
        byte[]? transposed = isFortran && shape.Length > 1 ? Transpose() : null;
        if (type.Size == 1 || type.IsBigEndian != BitConverter.IsLittleEndian)
        {
            return transposed ?? data;
        }
        ReadOnlySpan<byte> values = transposed ?? data.Span;
        byte[] swapped = transposed ?? new byte[data.Length];
        switch (type.Size)
        {
            case 2:
                BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, ushort>(values), MemoryMarshal.Cast<byte, ushort>(swapped.AsSpan()));
                break;
            case 4:
                BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, uint>(values), MemoryMarshal.Cast<byte, uint>(swapped.AsSpan()));
                break;
            default:
                BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, ulong>(values), MemoryMarshal.Cast<byte, ulong>(swapped.AsSpan()));
                break;
        }
        return swapped;
    }

    private byte[] Transpose()
    {
        byte[] transposed = new byte[data.Length];
        switch (type.Size)
        {
            case 1:
                Transpose(data.Span, transposed);
                break;
            case 2:
                Transpose(MemoryMarshal.Cast<byte, ushort>(data.Span), MemoryMarshal.Cast<byte, ushort>(transposed.AsSpan()));
                break;
            case 4:
                Transpose(MemoryMarshal.Cast<byte, uint>(data.Span), MemoryMarshal.Cast<byte, uint>(transposed.AsSpan()));
                break;
            default:
                Transpose(MemoryMarshal.Cast<byte, ulong>(data.Span), MemoryMarshal.Cast<byte, ulong>(transposed.AsSpan()));
                break;
        }
        return transposed;
    }

    /// <summary>Copies a block of samples at a time: reads and writes then stay near those before.</summary>
    private void Transpose<T>(ReadOnlySpan<T> source, Span<T> target)
    {
        const int BlockLength = 64;
        if (source.IsEmpty)
        {
            return;
        }
        int[] index = new int[shape.Length];
        int sampleSize = source.Length / shape[0];
        for (int start = 0; start < shape[0]; start += BlockLength)
        {
            int block = Math.Min(BlockLength, shape[0] - start);
            int first = start;
            for (int i = 0; i < sampleSize; i++)
            {
                for (int sample = 0; sample < block; sample++)
                {
                    target[(start + sample) * sampleSize + i] = source[first + sample];
                }
                // On to the next index of a sample, the last one fastest; it has the largest stride.
                int stride = source.Length;
                for (int axis = shape.Length - 1; axis > 0; axis--)
                {
                    stride /= shape[axis];
                    first += stride;
                    if (++index[axis] < shape[axis])
                    {
                        break;
                    }
                    first -= index[axis] * stride;
                    index[axis] = 0;
                }
            }
        }
    }
}
