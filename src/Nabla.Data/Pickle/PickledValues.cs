using System.Text;

namespace Nabla;

/// <summary>A tuple or list of a pickle.</summary>
/// <param name="isTuple">Whether it is a tuple.</param>
/// <param name="items">What it holds.</param>
internal sealed class PickledSequence(bool isTuple, List<object?> items)
{
    /// <summary>Whether it is a tuple.</summary>
    public bool IsTuple => isTuple;

    /// <summary>What it holds; a list may hold itself.</summary>
    public List<object?> Items => items;
}

/// <summary>A dictionary of a pickle, as a list: nothing hostile can be made of hash codes and comparisons.</summary>
internal sealed class PickledDictionary
{
    private readonly List<(object? Key, object? Value)> _items = [];

    /// <summary>Number of keys.</summary>
    public int Count => _items.Count;

    /// <summary>The keys that are text.</summary>
    public IEnumerable<string> Names => _items.Select(item => Text(item.Key)).OfType<string>();

    /// <summary>Adds a key; the last of equal ones counts.</summary>
    public void Add(object? key, object? value) => _items.Add((key, value));

    /// <summary>The value of a key, or null.</summary>
    public object? Find(string name) => _items.FindLast(item => Text(item.Key) == name).Value;

    /// <summary>Python 2 has names as bytes. Long ones are none that is looked for, and copying them many times takes long.</summary>
    private static string? Text(object? key) => key as string ?? (key is byte[] { Length: <= 100 } bytes ? Encoding.Latin1.GetString(bytes) : null);
}

/// <summary>NumPy's array while a pickle makes it: the contents follow later.</summary>
internal sealed class PickledArray
{
    /// <summary>The array, or null before its contents have come.</summary>
    public NumericArray? Value { get; set; }
}

/// <summary>NumPy's type of numbers while a pickle makes it: the byte order follows later.</summary>
/// <param name="type">The type.</param>
internal sealed class PickledType(NumericType type)
{
    /// <summary>The type with the byte order that is known so far.</summary>
    public NumericType Type { get; set; } = type;
}
