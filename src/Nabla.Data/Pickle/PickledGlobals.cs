namespace Nabla;

/// <summary>The whitelist: module and name of each <see cref="PickledGlobal"/>, in NumPy 1 and 2, Python 2 and 3.</summary>
internal static class PickledGlobals
{
    /// <summary>Finds what a pickle asks for.</summary>
    /// <returns>Null where it is not on the list.</returns>
    public static PickledGlobal? Find(string module, string name) => (module, name) switch
    {
        ("numpy.core.multiarray" or "numpy._core.multiarray", "_reconstruct") => PickledGlobal.Reconstruct,
        ("numpy.core.numeric" or "numpy._core.numeric", "_frombuffer") => PickledGlobal.FromBuffer,
        ("numpy.core.multiarray" or "numpy._core.multiarray", "scalar") => PickledGlobal.Scalar,
        ("numpy", "ndarray") => PickledGlobal.Array,
        ("numpy", "dtype") => PickledGlobal.Type,
        ("_codecs", "encode") => PickledGlobal.Encode,
        ("__builtin__" or "builtins", "bytes") => PickledGlobal.Bytes,
        _ => null,
    };
}
