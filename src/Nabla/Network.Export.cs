using System.Text;
using Nabla.IO;

namespace Nabla;

// Networks for programs without Nabla.
public sealed partial class Network
{
    /// <summary>
    /// Writes the network as one C# source file, with its weights and a method <c>Predict</c>, for programs that cannot have a dependency: it needs C# 9 and .NET Standard 2.1 alone, so
    /// that Unity and Godot take it, compiles ahead of time, and allocates nothing when it predicts. The same network and options give the same file.
    /// </summary>
    /// <remarks>
    /// On .NET its scores have the bits of <see cref="Score(ReadOnlySpan{float}, Span{float})"/> for every kind of layer, with and without fused multiply-adds in hardware; only that of two zeros one may have another sign. It computes
    /// one sample on one thread. A network without batch normalisation (<see cref="FoldBatchNormalization"/>) is shorter and a little faster.
    /// </remarks>
    /// <param name="path">Usually ending in <c>.cs</c>; its folder must exist. A file that was there before stays until the new one is complete.</param>
    /// <param name="options">What the class is called; null for the defaults.</param>
    /// <exception cref="InvalidOperationException">The network has no weights yet, or weights that are infinite or not a number.</exception>
    /// <exception cref="NotSupportedException">A layer, or the loss, is of a program's own kind; the message names it.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public void ExportCSharp(string path, CSharpOptions? options = null)
    {
        CSharpFile file = CSharp(options);
        AtomicFile.Write(path, stream =>
        {
            using StreamWriter writer = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
            file.Write(writer);
        });
    }

    /// <summary>Writes the network as C# source, as <see cref="ExportCSharp(string, CSharpOptions)"/> does to a file.</summary>
    /// <param name="writer">Where to; it stays open.</param>
    /// <param name="options">What the class is called; null for the defaults.</param>
    /// <exception cref="InvalidOperationException">The network has no weights yet, or weights that are infinite or not a number.</exception>
    /// <exception cref="NotSupportedException">A layer, or the loss, is of a program's own kind; the message names it.</exception>
    public void ExportCSharp(TextWriter writer, CSharpOptions? options = null) => CSharp(options).Write(writer);

    private CSharpFile CSharp(CSharpOptions? options)
    {
        ThrowUnlessReady(InputShape.Size, "values");
        return FirstNotFinite() is string place
            ? throw new InvalidOperationException($"The network has {place}, and what it predicts would be of no use; train it again at a smaller learning rate.")
            : new CSharpFile(this, options ?? new CSharpOptions());
    }
}
