namespace Nabla.LoadBenchmarks;

/// <summary>A server that takes part.</summary>
internal enum Contestant
{
    /// <summary>What <c>nabla serve</c> runs.</summary>
    Nabla,

    /// <summary>ASP.NET Core with ONNX Runtime, where a request is predicted by one thread.</summary>
    OnnxRuntime,

    /// <summary>The same, where a request is predicted by all processors.</summary>
    OnnxRuntimeAllThreads,
}
