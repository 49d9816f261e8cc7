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
