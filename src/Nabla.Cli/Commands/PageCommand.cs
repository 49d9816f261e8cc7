using System.CommandLine;
using System.Globalization;
using Nabla.Cli.Display;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla page</c>: writes the page to draw on, for any web server.</summary>
internal sealed class PageCommand : Command
{
    // Of a page that was written before, and of nothing else that somebody may have.
    private const string Mark = "engine-worker.js";

    private readonly Option<string> _out = new("--out") { Description = "The folder to write to: a new or empty one, or one with such a page, which is replaced.", HelpName = "folder", DefaultValueFactory = _ => "page" };

    public PageCommand()
        : base("page", "Write the page to draw digits on and to look inside a network: static files for any web server.")
    {
        Options.Add(_out);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        string folder = arguments.GetRequiredValue(_out);
        if (File.Exists(folder))
        {
            throw new IOException($"--out: {folder} is a file, expected a folder.");
        }
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any() && !File.Exists(Path.Combine(folder, Mark)))
        {
            throw new IOException($"--out: {folder} has other files in it, expected a new or empty folder; nothing was written.");
        }
        string source = PageFiles.Make();
        long bytes = 0;
        string[] files = Directory.GetFiles(source, "*", SearchOption.AllDirectories);
        foreach (string file in files)
        {
            string target = Path.Combine(folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
            bytes += new FileInfo(file).Length;
        }
        PlainText.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Saved {folder}  ({files.Length} files, {bytes / 1e6:F1} MB)"));
        PlainText.Out.WriteLine($"Any web server will do, such as: python3 -m http.server --directory {folder}");
        return ExitCode.Success;
    }
}
