namespace Nabla;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">Its name, unique within the file.</param>
/// <param name="Extents">Its shape, outermost first; empty for a single number.</param>
/// <param name="Values">Its numbers, row by row.</param>
internal sealed record SafeTensor(string Name, IReadOnlyList<int> Extents, ReadOnlyMemory<float> Values);
