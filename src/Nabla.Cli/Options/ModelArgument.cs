using System.CommandLine;

namespace Nabla.Cli.Options;

/// <summary>The argument MODEL: a model file, or the folder of a run.</summary>
internal static class ModelArgument
{
    public static Argument<string> Create() => new("model")
    {
        Description = "A model file, or the folder of a run that holds model.safetensors.",
    };

    public static Network Load(string path)
    {
        string file = Directory.Exists(path) ? Path.Combine(path, RunFolder.ModelName) : path;
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"{file}: there is no such model; 'nabla train' makes one.");
        }
        return Network.Load(file);
    }
}
