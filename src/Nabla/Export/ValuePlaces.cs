namespace Nabla;

/// <summary>
/// Where each value of a network stands while one sample is computed, in one array: a place is used again as soon as the last layer has read what stands there. What a layer leaves as it is,
/// such as dropout at inference, has no place of its own.
/// </summary>
internal sealed class ValuePlaces
{
    private readonly int[] _standsFor;
    private readonly int[] _offsets;

    /// <param name="graph">The layers.</param>
    /// <param name="changesNothing">Whether a layer's output is what it reads.</param>
    public ValuePlaces(LayerGraph graph, Func<Layer, bool> changesNothing)
    {
        _standsFor = [.. Enumerable.Range(0, graph.ValueCount)];
        int[] lastReader = new int[graph.ValueCount];
        for (int layer = 0; layer < graph.Layers.Count; layer++)
        {
            if (changesNothing(graph.Layers[layer]))
            {
                _standsFor[layer + 1] = _standsFor[graph.InputsOf(layer)[0]];
            }
            foreach (int input in graph.InputsOf(layer))
            {
                lastReader[_standsFor[input]] = layer;
            }
        }
        // What the network puts out stays.
        lastReader[_standsFor[^1]] = graph.Layers.Count;

        _offsets = new int[graph.ValueCount];
        List<int> standing = [];
        for (int value = 0; value < graph.ValueCount; value++)
        {
            if (_standsFor[value] != value)
            {
                continue;
            }
            // Layer value − 1 writes it while what that layer reads still stands.
            standing.RemoveAll(other => lastReader[other] < value - 1);
            standing.Sort((left, right) => _offsets[left].CompareTo(_offsets[right]));
            int offset = 0, size = graph.ShapeOf(value).Size;
            foreach (int other in standing)
            {
                if (offset + size <= _offsets[other])
                {
                    break;
                }
                offset = _offsets[other] + graph.ShapeOf(other).Size;
            }
            _offsets[value] = offset;
            Length = Math.Max(Length, offset + size);
            standing.Add(value);
        }
    }

    /// <summary>Floats of the array.</summary>
    public int Length { get; }

    /// <summary>The value that stands where another is to be read: itself, or what it is the same as.</summary>
    public int StandsFor(int value) => _standsFor[value];

    /// <summary>Where a value begins.</summary>
    public int OffsetOf(int value) => _offsets[_standsFor[value]];
}
