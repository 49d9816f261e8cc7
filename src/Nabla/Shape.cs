using System.Collections;
using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>
/// The extents of one sample or parameter, outermost first: <c>[28, 28]</c> is 28 rows of 28. Images are
/// [height, width] or [height, width, channels]; samples of a batch are not counted.
/// </summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public sealed class Shape : IReadOnlyList<int>, IEquatable<Shape>
{
    private readonly int[] _extents;

    private Shape(int[] extents, int size)
    {
        _extents = extents;
        Size = size;
    }

    /// <summary>Number of elements: the product of all extents, at least 1.</summary>
    public int Size { get; }

    /// <summary>Number of extents.</summary>
    public int Count => _extents.Length;

    /// <summary>The extent at <paramref name="index"/>, outermost first.</summary>
    public int this[int index] => _extents[index];

    /// <summary>Makes a shape; usually written as a collection expression, <c>Shape input = [28, 28];</c>.</summary>
    /// <exception cref="ArgumentException">There is no extent, one is below 1, or the product exceeds 2³¹ − 1.</exception>
    public static Shape Create(ReadOnlySpan<int> extents)
    {
        if (extents.IsEmpty)
        {
            throw new ArgumentException("A shape needs at least one extent, for example [784] or [28, 28].", nameof(extents));
        }
        long size = 1;
        foreach (int extent in extents)
        {
            size = extent < 1 ? 0 : size * extent;
            if (size is < 1 or > int.MaxValue)
            {
                throw new ArgumentException(
                    $"The shape [{string.Join(", ", extents.ToArray())}] must have extents of at least 1 and at most {int.MaxValue} elements.",
                    nameof(extents));
            }
        }
        return new Shape(extents.ToArray(), (int)size);
    }

    /// <summary>Whether both have the same extents in the same order.</summary>
    public bool Equals(Shape? other) => other is not null && _extents.AsSpan().SequenceEqual(other._extents);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (int extent in _extents)
        {
            hash.Add(extent);
        }
        return hash.ToHashCode();
    }

    /// <summary>The extents with a multiplication sign between them: <c>28×28</c>.</summary>
    public override string ToString() => string.Join('×', _extents);

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)_extents).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
