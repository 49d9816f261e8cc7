namespace Nabla.Cli;

/// <summary>How this program was started, so that the commands it suggests can be pasted as they are.</summary>
internal static class Invocation
{
    /// <summary><c>nabla</c> where it is installed, else the <c>dotnet run</c> that runs it from its source.</summary>
    public static string Name { get; } = FindProject() is string project
        ? $"dotnet run -c Release --project {project} --"
        : "nabla";

    /// <summary>A path or another argument as a shell takes it for one word.</summary>
    public static string Quote(string argument)
    {
        // A backslash is a separator on Windows, and elsewhere what takes away the meaning of the next character.
        string plain = OperatingSystem.IsWindows() ? "/\\._-+:=@,~" : "/._-+:=@,~";
        if (argument.Length > 0 && argument[0] != '~' && argument.All(character => char.IsAsciiLetterOrDigit(character) || plain.Contains(character, StringComparison.Ordinal)))
        {
            return argument;
        }
        return OperatingSystem.IsWindows() ? $"\"{argument}\"" : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }

    /// <summary>The project's folder, when the program stands in that project's <c>bin</c>.</summary>
    private static string? FindProject()
    {
        // bin/Release/net10.0/Nabla.Cli.dll
        DirectoryInfo? project = new DirectoryInfo(AppContext.BaseDirectory).Parent?.Parent?.Parent;
        bool isProject = project is not null && File.Exists(Path.Combine(project.FullName, "Nabla.Cli.csproj"));
        return isProject ? Path.GetRelativePath(Environment.CurrentDirectory, project!.FullName) : null;
    }
}
