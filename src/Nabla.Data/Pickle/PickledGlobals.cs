namespace Nabla;

/// <summary>The only functions and classes that a pickle may ask for. Each is known by its name; none is called.</summary>
internal enum PickledGlobal
{
    /// <summary>NumPy's maker of an empty array, whose contents follow.</summary>
    Reconstruct,

    /// <summary>NumPy's maker of an array of a buffer.</summary>
    FromBuffer,

    /// <summary>NumPy's maker of a single number.</summary>
    Scalar,

    /// <summary>NumPy's array.</summary>
    Array,

    /// <summary>NumPy's type of numbers.</summary>
    Type,

    /// <summary>Python 3's way to write bytes in protocols 0 to 2: text of one character a byte.</summary>
    Encode,

    /// <summary>Python 3's way to write no bytes in protocols 0 to 2.</summary>
    Bytes,
}

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
