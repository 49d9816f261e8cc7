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
