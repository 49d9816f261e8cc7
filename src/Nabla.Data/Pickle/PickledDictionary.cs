using System.Text;

namespace Nabla;

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
