namespace Nabla.Benchmarks;

/// <summary>Who takes part in the comparison.</summary>
internal enum Peer
{
    Nabla,
    TorchSharp,
    NumPy,
    OnnxRuntime,
}
