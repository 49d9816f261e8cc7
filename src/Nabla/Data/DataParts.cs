namespace Nabla;

/// <summary>What a file or folder holds: one part of samples or several.</summary>
/// <param name="Train">Samples to learn from, or all there are.</param>
/// <param name="Validation">Samples that choices are made on; null where the file has none.</param>
/// <param name="Test">Samples that no choice may depend on; null where the file has none.</param>
/// <param name="Source">What the data is, for people: <c>npz file mnist.npz</c>.</param>
public sealed record DataParts(DataSet Train, DataSet? Validation, DataSet? Test, string Source);
