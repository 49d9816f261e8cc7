using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Nabla;

/// <summary>
/// Reads a Python pickle of protocol 0 to 5 by a whitelist (<see cref="PickledGlobals"/>): it makes values of its own, looks up
/// nothing and calls nothing. Format: the operation codes as Python's <c>pickletools</c> describes them.
/// </summary>
/// <remarks>
/// A pickle is a program for a machine with a stack and a memory. Operations, stack, memory, nesting and text made of text are
/// limited; claimed lengths are checked before memory is taken. No value is walked recursively, so neither depth nor values
/// that hold each other many times cost anything.
/// </remarks>
internal sealed class PickleReader
{
    /// <summary>What is read, for errors.</summary>
    public const string Known = "only NumPy arrays, tuples, lists, dictionaries, numbers, strings, bytes, None and booleans are read, and nothing was executed";

    private const int MaxProtocol = 5;
    private const int MaxOperations = 2_000_000;
    private const int MaxStack = 1_000_000;
    private const int MaxMemory = 100_000;
    private const int MaxMarks = 100;
    private const int MaxNumberLength = 100;
    private const int MaxNameLength = 256;

    // In bytes; a .NET string holds no more than 2³⁰ characters.
    private const int MaxTextLength = 1 << 29;

    private readonly PickleInput _input;
    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = [];
    private readonly Dictionary<ulong, object?> _memory = [];
    private long _encodedLength;
    private long _position;

    private PickleReader(PickleInput input) => _input = input;

    /// <summary>Reads the one value of a file.</summary>
    public static object? Read(string path)
    {
        using DataFileReader reader = DataFileReader.Open(path);
        return new PickleReader(new PickleInput(reader)).Read();
    }

    private object? Read()
    {
        for (int i = 0; i < MaxOperations; i++)
        {
            _position = _input.Position;
            byte code = _input.ReadByte("the end of the pickle");
            if (code == '.')
            {
                object? value = Pop();
                if (_stack.Count > 0 || _marks.Count > 0)
                {
                    throw Fault($"ends with {_stack.Count + 1} values and {_marks.Count} marks, expected one value and no mark");
                }
                _input.ExpectEnd();
                return value;
            }
            Execute(code, i == 0);
            if (_stack.Count > MaxStack || _memory.Count > MaxMemory || _marks.Count > MaxMarks)
            {
                throw Fault($"holds {_stack.Count} values on its stack, {_memory.Count} in its memory and {_marks.Count} marks, expected at most {MaxStack}, {MaxMemory} and {MaxMarks}");
            }
        }
        throw Fault($"goes on after {MaxOperations} operations, expected it to end; save images and labels as NumPy arrays");
    }

    private void Execute(byte code, bool isFirst)
    {
        switch (code)
        {
            case 0x80:
                int protocol = _input.ReadByte("the protocol");
                if (protocol > MaxProtocol || !isFirst)
                {
                    throw Fault($"has protocol {protocol}{(isFirst ? "" : " within it")}, expected 0 to {MaxProtocol} at its beginning");
                }
                break;
            case 0x95:
                ulong frame = _input.ReadUnsigned(8, "the length of a frame");
                if (frame > int.MaxValue)
                {
                    throw Fault($"claims a frame of {frame} bytes, expected at most {int.MaxValue}");
                }
                break;

            case (byte)'(':
                _marks.Push(_stack.Count);
                break;
            case (byte)'0':
                Drop();
                break;
            case (byte)'1':
                PopToMark();
                break;
            case (byte)'2':
                Push(Peek());
                break;

            case (byte)'N':
                Push(null);
                break;
            case 0x88:
                Push(true);
                break;
            case 0x89:
                Push(false);
                break;
            case (byte)'J':
                Push((long)(int)_input.ReadUnsigned(4, "a number"));
                break;
            case (byte)'K':
                Push((long)_input.ReadUnsigned(1, "a number"));
                break;
            case (byte)'M':
                Push((long)_input.ReadUnsigned(2, "a number"));
                break;
            case 0x8a:
                Push(ReadLong(_input.ReadUnsigned(1, "the length of a number")));
                break;
            case 0x8b:
                Push(ReadLong(_input.ReadUnsigned(4, "the length of a number")));
                break;
            case (byte)'I' or (byte)'L':
                PushTextNumber(code == 'I');
                break;
            case (byte)'F':
                Push(ReadTextFloat());
                break;
            case (byte)'G':
                Push(BitConverter.UInt64BitsToDouble(BinaryPrimitives.ReverseEndianness(_input.ReadUnsigned(8, "a number"))));
                break;

            // Strings of Python 2 are bytes.
            case (byte)'S':
                Push(PickleText.DecodeQuoted(_input.ReadLine(MaxTextLength, "a string")) ?? throw Fault("has a string that is not quoted as Python does, expected such a one"));
                break;
            case (byte)'T':
                Push(_input.ReadBytes(_input.ReadUnsigned(4, "the length of a string"), "a string"));
                break;
            case (byte)'U':
                Push(_input.ReadBytes(_input.ReadUnsigned(1, "the length of a string"), "a string"));
                break;
            case (byte)'B':
                Push(_input.ReadBytes(_input.ReadUnsigned(4, "the length of bytes"), "bytes"));
                break;
            case (byte)'C':
                Push(_input.ReadBytes(_input.ReadUnsigned(1, "the length of bytes"), "bytes"));
                break;
            case 0x8e or 0x96:
                Push(_input.ReadBytes(_input.ReadUnsigned(8, "the length of bytes"), "bytes"));
                break;
            case (byte)'V':
                Push(PickleText.DecodeRawUnicode(_input.ReadLine(MaxTextLength, "a text")) ?? throw Fault("has a text with a wrong escape, expected \\u and four digits"));
                break;
            case (byte)'X':
                Push(ReadUtf8(4));
                break;
            case 0x8c:
                Push(ReadUtf8(1));
                break;
            case 0x8d:
                Push(ReadUtf8(8));
                break;

            case (byte)')':
                Push(new PickledSequence(true, []));
                break;
            case (byte)'t':
                Push(new PickledSequence(true, PopToMark()));
                break;
            case 0x85 or 0x86 or 0x87:
                Push(new PickledSequence(true, PopLast(code - 0x84)));
                break;
            case (byte)']':
                Push(new PickledSequence(false, []));
                break;
            case (byte)'l':
                Push(new PickledSequence(false, PopToMark()));
                break;
            case (byte)'a':
                Append([Pop()]);
                break;
            case (byte)'e':
                Append(PopToMark());
                break;
            case (byte)'}':
                Push(new PickledDictionary());
                break;
            case (byte)'d':
                List<object?> items = PopToMark();
                Push(new PickledDictionary());
                SetItems(items);
                break;
            case (byte)'s':
                SetItems(PopLast(2));
                break;
            case (byte)'u':
                SetItems(PopToMark());
                break;

            case (byte)'p':
                Remember(ReadIndex());
                break;
            case (byte)'q':
                Remember(_input.ReadUnsigned(1, "a place in memory"));
                break;
            case (byte)'r':
                Remember(_input.ReadUnsigned(4, "a place in memory"));
                break;
            case 0x94:
                Remember((ulong)_memory.Count);
                break;
            case (byte)'g':
                Recall(ReadIndex());
                break;
            case (byte)'h':
                Recall(_input.ReadUnsigned(1, "a place in memory"));
                break;
            case (byte)'j':
                Recall(_input.ReadUnsigned(4, "a place in memory"));
                break;

            case (byte)'c':
                Push(FindGlobal(ReadName("a module"), ReadName("a name")));
                break;
            case 0x93:
                Push(FindGlobal(PopLast(2)));
                break;
            case (byte)'R':
                Reduce();
                break;
            case (byte)'b':
                Build();
                break;

            case (byte)'i':
                throw Refused($"an object of '{FindGlobal(ReadName("a module"), ReadName("a name"))}' made in a way that NumPy does not use");
            case (byte)'o' or 0x81 or 0x92:
                throw Refused("an object made in a way that NumPy does not use");
            case (byte)'P':
                throw Refused($"the persistent object '{Show(Encoding.Latin1.GetString(_input.ReadLine(MaxNameLength, "a persistent id")))}'");
            case (byte)'Q':
                throw Refused("a persistent object");
            case 0x82 or 0x83 or 0x84:
                throw Refused($"the extension {_input.ReadUnsigned(1 << (code - 0x82), "an extension code")}");
            case 0x8f or 0x90 or 0x91:
                throw Refused("a set");
            case 0x97 or 0x98:
                throw Refused("a buffer outside the file");
            default:
                throw Fault($"has the operation {code:x2}, which no protocol has; it is damaged or no pickle");
        }
    }

    private long ReadLong(ulong length)
    {
        if (length > 8)
        {
            throw Fault($"has a whole number of {length} bytes, expected at most 8");
        }
        if (length == 0)
        {
            return 0;
        }
        int unused = 64 - 8 * (int)length;
        return (long)(_input.ReadUnsigned((int)length, "a number") << unused) >> unused;
    }

    private void PushTextNumber(bool mayBeBoolean)
    {
        string text = Encoding.Latin1.GetString(_input.ReadLine(MaxNumberLength, "a number"));
        // Protocol 0 has no other way to write booleans.
        if (mayBeBoolean && text is ("00" or "01"))
        {
            Push(text == "01");
            return;
        }
        Push(long.TryParse(text.EndsWith('L') ? text[..^1] : text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw Fault($"has '{Show(text)}' as a number, expected a whole one of at most 64 bits"));
    }

    private double ReadTextFloat()
    {
        string text = Encoding.Latin1.GetString(_input.ReadLine(MaxNumberLength, "a number"));
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number
            : throw Fault($"has '{Show(text)}' as a number, expected one");
    }

    private string ReadUtf8(int lengthSize)
    {
        ulong length = _input.ReadUnsigned(lengthSize, "the length of a text");
        return length > MaxTextLength
            ? throw Fault($"claims a text of {length} bytes, expected at most {MaxTextLength}")
            : PickleText.DecodeUtf8(_input.ReadBytes(length, "a text")) ?? throw Fault("has a text that is not UTF-8, expected UTF-8");
    }

    private string ReadName(string what) => Encoding.Latin1.GetString(_input.ReadLine(MaxNameLength, what));

    private ulong ReadIndex()
    {
        string text = Encoding.Latin1.GetString(_input.ReadLine(MaxNumberLength, "a place in memory"));
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong index)
            ? index
            : throw Fault($"has '{Show(text)}' as a place in its memory, expected a whole number of at least 0");
    }

    private void Push(object? value) => _stack.Add(value);

    private object? Peek() => _stack.Count > Floor ? _stack[^1] : throw Fault("takes a value from an empty stack, expected one there");

    private object? Pop()
    {
        object? value = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    /// <summary>Drops the last value, or the mark where that came last.</summary>
    private void Drop()
    {
        if (_marks.Count > 0 && _stack.Count == _marks.Peek())
        {
            _marks.Pop();
        }
        else
        {
            Pop();
        }
    }

    /// <summary>What lies before the last mark cannot be taken without taking the mark.</summary>
    private int Floor => _marks.Count > 0 ? _marks.Peek() : 0;

    private List<object?> PopLast(int count)
    {
        if (_stack.Count - Floor < count)
        {
            throw Fault($"takes {count} values from a stack of {_stack.Count - Floor}, expected as many there");
        }
        return RemoveFrom(_stack.Count - count);
    }

    private List<object?> PopToMark() =>
        RemoveFrom(_marks.Count > 0 ? _marks.Pop() : throw Fault("takes values up to a mark, expected one on the stack"));

    private List<object?> RemoveFrom(int start)
    {
        List<object?> values = _stack[start..];
        _stack.RemoveRange(start, values.Count);
        return values;
    }

    private void Append(List<object?> items)
    {
        if (Peek() is not PickledSequence { IsTuple: false } list)
        {
            throw Fault($"appends to {Describe(Peek())}, expected a list");
        }
        list.Items.AddRange(items);
    }

    private void SetItems(List<object?> items)
    {
        if (Peek() is not PickledDictionary dictionary || items.Count % 2 != 0)
        {
            throw Fault($"puts {items.Count} keys and values into {Describe(Peek())}, expected pairs of them and a dictionary");
        }
        for (int i = 0; i < items.Count; i += 2)
        {
            dictionary.Add(items[i], items[i + 1]);
        }
    }

    private void Remember(ulong index) => _memory[index] = Peek();

    private void Recall(ulong index) =>
        Push(_memory.TryGetValue(index, out object? value) ? value : throw Fault($"recalls place {index} of its memory, expected it to have been filled"));

    private PickledGlobal FindGlobal(List<object?> names) => names is [string module, string name]
        ? FindGlobal(module, name)
        : throw Fault($"asks for {Describe(names[1])} of {Describe(names[0])}, expected two texts");

    private PickledGlobal FindGlobal(string module, string name) =>
        PickledGlobals.Find(module, name) ?? throw Refused($"'{Show(module)}.{Show(name)}'");

    /// <summary>What Python would call, told from its name and its arguments.</summary>
    private void Reduce()
    {
        if (PopLast(2) is not [PickledGlobal function, PickledSequence { IsTuple: true } tuple])
        {
            throw Refused("a call of something that is no function");
        }
        List<object?> arguments = tuple.Items;
        switch (function)
        {
            case PickledGlobal.Reconstruct when arguments is [PickledGlobal.Array, PickledSequence { IsTuple: true }, byte[] or string]:
                Push(new PickledArray());
                break;
            case PickledGlobal.FromBuffer when arguments is [byte[] data, PickledType type, PickledSequence { IsTuple: true } shape, "C" or "F", ..]
                && (arguments.Count == 4 || arguments is [_, _, _, _, null]):
                Push(new PickledArray { Value = MakeArray(type.Type, shape, arguments[3] is "F", data) });
                break;
            case PickledGlobal.Scalar when arguments is [PickledType type, byte[] data]:
                Push(MakeScalar(type.Type, data));
                break;
            case PickledGlobal.Type when arguments is [object name, ..] && TextOf(name) is string text && arguments.Count <= 3:
                Push(MakeType(text));
                break;
            case PickledGlobal.Encode when arguments is [string text, object encoding] && TextOf(encoding) is "latin1" or "latin-1":
                Push(Encode(text));
                break;
            case PickledGlobal.Bytes when arguments.Count == 0:
                Push(Array.Empty<byte>());
                break;
            default:
                throw Refused($"{function} with {arguments.Count} arguments ({string.Join(", ", arguments.Take(5).Select(Describe))}) that NumPy does not write");
        }
    }

    private void Build()
    {
        List<object?> values = PopLast(2);
        switch (values[0])
        {
            case PickledType type when values[1] is PickledSequence { IsTuple: true } state:
                SetOrder(type, state.Items);
                break;
            case PickledArray array when values[1] is PickledSequence
            {
                IsTuple: true, Items: [1L, PickledSequence { IsTuple: true } shape, PickledType type, var isFortran and (bool or long), byte[] data]
            }:
                array.Value = MakeArray(type.Type, shape, isFortran is true or not (false or 0L), data);
                break;
            case PickledArray:
                throw Fault("gives an array a state that NumPy does not write, expected (1, shape, type, order, bytes)");
            default:
                throw Refused($"a state for {Describe(values[0])}");
        }
        Push(values[0]);
    }

    /// <summary>The state of a type: version, byte order, then what only types of other things than numbers have.</summary>
    private void SetOrder(PickledType type, List<object?> state)
    {
        if (state is not [3L or 4L, object order, null, null, null, -1L, -1L, 0L, ..] || state.Count > 9 || TextOf(order) is not ("<" or ">" or "|" or "="))
        {
            throw Fault("gives a type a state that NumPy does not write for numbers, expected (3, '<', None, None, None, -1, -1, 0)");
        }
        type.Type = type.Type with { IsBigEndian = type.Type.Size > 1 && TextOf(order) == ">" };
    }

    private PickledType MakeType(string name)
    {
        if (name.TrimStart('|', '<', '>', '=') is ['O', ..])
        {
            throw Refused("an array of Python objects");
        }
        return NumericType.TryParse(name, out NumericType type)
            ? new PickledType(type)
            : throw Fault($"has an array of type '{Show(name)}', expected plain numbers, {NumericType.Known}");
    }

    private NumericArray MakeArray(NumericType type, PickledSequence shape, bool isFortran, byte[] data)
    {
        if (!shape.Items.TrueForAll(extent => extent is long))
        {
            throw Fault("has an array whose shape is no tuple of whole numbers, expected such a one");
        }
        long[] extents = [.. shape.Items.Select(extent => (long)extent!)];
        if (NumericArray.FindFault(extents, type, out int length) is string fault)
        {
            throw Fault($"has an array that {fault}");
        }
        return length == data.Length
            ? new NumericArray(type, [.. extents.Select(extent => (int)extent)], isFortran, data)
            : throw Fault($"has an array of {data.Length} bytes, expected {length} as its shape ({string.Join(", ", extents)}) of {type} needs");
    }

    private object MakeScalar(NumericType type, byte[] data)
    {
        if (data.Length != type.Size)
        {
            throw Fault($"has a number of {data.Length} bytes, expected {type.Size} as {type} needs");
        }
        ReadOnlySpan<byte> value = new NumericArray(type, [], false, data).ToRowMajor().Span;
        return (type.Kind, type.Size) switch
        {
            (NumericKind.Boolean, _) => value[0] != 0,
            (NumericKind.Unsigned, 1) => (long)value[0],
            (NumericKind.Unsigned, 2) => (long)MemoryMarshal.Read<ushort>(value),
            (NumericKind.Unsigned, 4) => (long)MemoryMarshal.Read<uint>(value),
            (NumericKind.Signed, 1) => (long)(sbyte)value[0],
            (NumericKind.Signed, 2) => (long)MemoryMarshal.Read<short>(value),
            (NumericKind.Signed, 4) => (long)MemoryMarshal.Read<int>(value),
            (NumericKind.Float, 2) => (double)MemoryMarshal.Read<Half>(value),
            (NumericKind.Float, 4) => (double)MemoryMarshal.Read<float>(value),
            (NumericKind.Float, _) => MemoryMarshal.Read<double>(value),
            _ => MemoryMarshal.Read<long>(value),
        };
    }

    private byte[] Encode(string text)
    {
        // Every text is encoded once; one that is encoded again and again fills the memory.
        _encodedLength += text.Length;
        if (_encodedLength > _position)
        {
            throw Fault($"makes {_encodedLength} bytes of text, expected no more than the file has had");
        }
        return PickleText.EncodeLatin1(text) ?? throw Fault("has bytes written as text with characters beyond U+00FF, expected none");
    }

    /// <summary>Python 2 has text as bytes.</summary>
    private static string? TextOf(object? value) =>
        value as string ?? (value is byte[] { Length: <= MaxNameLength } bytes ? Encoding.Latin1.GetString(bytes) : null);

    /// <summary>A value in a few words, for errors.</summary>
    public static string Describe(object? value) => value switch
    {
        null => "None",
        bool => "a boolean",
        long => "a whole number",
        double => "a number",
        string => "a text",
        byte[] bytes => $"{bytes.Length} bytes",
        PickledSequence sequence => $"a {(sequence.IsTuple ? "tuple" : "list")} of {sequence.Items.Count}",
        PickledDictionary dictionary => $"a dictionary of {dictionary.Count}",
        PickledArray array => array.Value is null ? "an array without contents" : $"an array {array.Value}",
        PickledType type => $"the type {type.Type}",
        _ => $"the function {value}",
    };

    private static string Show(string text)
    {
        string shown = text.Length > 80 ? text[..80] + "…" : text;
        return string.Concat(shown.Select(character => char.IsControl(character) ? '?' : character));
    }

    private MalformedFileException Refused(string what) => new(_input.FilePath, $"the pickle asks for {what}, which is refused; {Known}.", _position);

    private MalformedFileException Fault(string message) => new(_input.FilePath, $"the pickle {message}.", _position);
}
