namespace Nabla;

/// <summary>Writes lines of C# with their indentation, each ended by a line feed on every system.</summary>
internal sealed class CSharpWriter(TextWriter writer)
{
    private const string Step = "    ";

    private string _indentation = "";

    /// <summary>Writes a line.</summary>
    public void Line(string text = "")
    {
        // Directives of the preprocessor stand at the margin.
        writer.Write(text.Length == 0 || text[0] == '#' ? "" : _indentation);
        writer.Write(text);
        writer.Write('\n');
    }

    /// <summary>Writes several lines.</summary>
    public void Lines(string text)
    {
        foreach (string line in text.Split('\n'))
        {
            Line(line.TrimEnd('\r'));
        }
    }

    /// <summary>Begins a block.</summary>
    public void Open()
    {
        Line("{");
        _indentation += Step;
    }

    /// <summary>Ends a block.</summary>
    public void Close()
    {
        _indentation = _indentation[Step.Length..];
        Line("}");
    }

    /// <summary>Begins a line that goes on.</summary>
    public void Begin(string text)
    {
        writer.Write(_indentation);
        writer.Write(text);
    }

    /// <summary>Goes on with it.</summary>
    public void Append(string text) => writer.Write(text);

    /// <summary>Ends it.</summary>
    public void End() => writer.Write('\n');
}
