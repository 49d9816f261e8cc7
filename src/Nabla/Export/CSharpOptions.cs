namespace Nabla;

/// <summary>What a network is called in the C# source file that it is exported to (<see cref="Network.ExportCSharp(string, CSharpOptions)"/>).</summary>
public sealed record CSharpOptions
{
    /// <summary>Name of the class: letters, digits and underscores, no digit first; none of C#'s words and of the names that the file itself uses. Default: <c>NeuralNetwork</c>.</summary>
    /// <exception cref="ArgumentException">It is no such name.</exception>
    public string ClassName
    {
        get;
        init => field = CSharpNames.IsFree(value)
            ? value
            : throw new ArgumentException($"A class cannot be named '{value}', expected letters, digits and underscores, no digit first, and neither a word of C# nor a name that the exported file uses; try '{value}Network'.", nameof(ClassName));
    } = "NeuralNetwork";

    /// <summary>The namespace around it, such as <c>MyGame.Digits</c>; null for none. Default: null.</summary>
    /// <exception cref="ArgumentException">It is no namespace.</exception>
    public string? Namespace
    {
        get;
        init => field = value is null || value.Split('.').All(CSharpNames.IsFree)
            ? value
            : throw new ArgumentException($"A namespace cannot be named '{value}', expected names with dots between them, each of letters, digits and underscores, no digit first, and neither a word of C# nor a name that the exported file uses.", nameof(Namespace));
    }
}
