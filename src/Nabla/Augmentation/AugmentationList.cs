using System.Collections;

namespace Nabla;

/// <summary>Augmentations, first to last; equal to a list of the same.</summary>
internal sealed class AugmentationList : IReadOnlyList<Augmentation>
{
    private readonly Augmentation[] _items;

    /// <exception cref="ArgumentException">One is null, or one that mixes samples is not the last.</exception>
    public AugmentationList(IReadOnlyList<Augmentation> items)
    {
        _items = [.. items];
        for (int i = 0; i < _items.Length; i++)
        {
            if (_items[i] is null)
            {
                throw new ArgumentException($"Augmentation {i + 1} of {_items.Length} is null.", nameof(items));
            }
            if (_items[i].MixesPairs && i < _items.Length - 1)
            {
                throw new ArgumentException(
                    $"Augmentation {i + 1} of {_items.Length} mixes samples ({_items[i].GetType().Name}), expected as the last: those after it would change what has been mixed.", nameof(items));
            }
        }
    }

    /// <inheritdoc/>
    public int Count => _items.Length;

    /// <inheritdoc/>
    public Augmentation this[int index] => _items[index];

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is AugmentationList other && _items.AsSpan().SequenceEqual(other._items);

    /// <inheritdoc/>
    public override int GetHashCode() => _items.Length == 0 ? 0 : HashCode.Combine(_items.Length, _items[0]);

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", _items.AsEnumerable())}]";

    /// <inheritdoc/>
    public IEnumerator<Augmentation> GetEnumerator() => _items.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
