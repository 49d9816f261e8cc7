namespace Nabla;

/// <summary>The circumstances of one pass through a layer.</summary>
/// <param name="rows">Samples in the buffers.</param>
/// <param name="threads">Threads that may be used, at least 1.</param>
/// <param name="scratch">Memory of at least the layer's scratch size, with anything in it.</param>
internal readonly ref struct LayerPass(int rows, int threads, Span<float> scratch)
{
    public int Rows { get; } = rows;

    public int Threads { get; } = threads;

    public Span<float> Scratch { get; } = scratch;
}
