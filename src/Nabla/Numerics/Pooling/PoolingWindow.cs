namespace Nabla.Numerics;

/// <summary>A window of the input and the output pixel that it becomes; both are given by where their first channel stands.</summary>
internal readonly record struct PoolingWindow(nint Input, nint Output, int Rows, int Columns);
