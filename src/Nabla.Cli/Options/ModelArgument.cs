using System.CommandLine;
using Nabla.IO;

namespace Nabla.Cli.Options;

/// <summary>The argument MODEL: a model file, the folder of a run, or a model that comes with the program.</summary>
internal static class ModelArgument
{
    private const string ModelEnding = ".safetensors";

    /// <summary>What is taken where no model is named.</summary>
    public static string Default => Digits.Names[0];

    public static Argument<string> Create() => new("model")
    {
        Description = $"A model file, or the folder of a run that holds model.safetensors; or {string.Join(" or ", Digits.Names.Select(name => $"'{name}'"))}, which come with nabla.",
        DefaultValueFactory = _ => Default,
    };

    /// <summary>How often the model looks at each image.</summary>
    public static Option<int?> CreateViews() => NumberOption.Create<int>(
        "--views", "Look at each image so many times, as it is and turned, scaled and moved a little, and average; 1 if not given, 9 makes fewer mistakes.", "a whole number from 1 to 100", value => value is >= 1 and <= 100);

    /// <summary>Whether it names a model and no picture: a folder, a file that begins as models do, or what is not there and does not end as a picture's file.</summary>
    public static bool IsModel(string text)
    {
        const int HeaderLength = sizeof(long);
        if (!File.Exists(text))
        {
            return Directory.Exists(text) || Path.GetExtension(text) is "" or ModelEnding;
        }
        try
        {
            using FileStream file = InputFile.Open(text);
            byte[] start = new byte[HeaderLength + 1];
            return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start[^1] == '{';
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What reads pictures will say why.
            return false;
        }
    }

    /// <summary>The model's file, where it has one of its own.</summary>
    public static string FileOf(string path) => Directory.Exists(path) ? Path.Combine(path, RunFolder.ModelName) : path;

    /// <summary>The model, as it was saved.</summary>
    public static Network Load(string path)
    {
        string file = FileOf(path);
        if (File.Exists(file))
        {
            return Network.Load(file);
        }
        if (!Digits.Names.Contains(path))
        {
            throw new FileNotFoundException($"{file}: there is no such model; 'nabla train' makes one.");
        }
        using Stream shipped = Digits.Open(path);
        return Network.Load(shipped, path);
    }
}
