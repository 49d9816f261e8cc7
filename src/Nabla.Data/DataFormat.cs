namespace Nabla;

/// <summary>The formats of data files, told apart by their contents.</summary>
internal enum DataFormat
{
    /// <summary>None of the others.</summary>
    Unknown,

    /// <summary>Images of MNIST's own format.</summary>
    IdxImages,

    /// <summary>Labels of MNIST's own format.</summary>
    IdxLabels,

    /// <summary>Rows of comma-separated numbers.</summary>
    Csv,

    /// <summary>One NumPy array.</summary>
    Npy,

    /// <summary>A zip file of NumPy arrays.</summary>
    Npz,

    /// <summary>A Python pickle.</summary>
    Pickle,
}
