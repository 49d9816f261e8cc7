using System.CommandLine;
using Nabla.Cli.Display;
using Nabla.Cli.Options;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla ensemble</c>: joins models to one that averages their probabilities.</summary>
internal sealed class EnsembleCommand : Command
{
    private readonly Argument<string[]> _models = new("models")
    {
        Description = "Model files, or folders of runs; at least two, of the same classes and preprocessing.",
        Arity = ArgumentArity.OneOrMore,
    };
    private readonly Option<string> _out = new("--out") { Description = "The model file to write.", HelpName = "file", Required = true };

    public EnsembleCommand()
        : base("ensemble", "Join several models to one that averages their probabilities.")
    {
        Arguments.Add(_models);
        Options.Add(_out);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        string path = arguments.GetRequiredValue(_out);
        Network[] members = [.. arguments.GetRequiredValue(_models).Select(ModelArgument.Load)];
        Network ensemble = Network.Ensemble(members);
        // By it 'evaluate' knows what none of them has seen. What the first one reached alone is not what all reach.
        TrainingRecord? first = members[0].Training;
        bool sameData = members.All(member => member.Training?.DataPath == first?.DataPath && member.Training?.DataSha256 == first?.DataSha256);
        ensemble.Training = sameData && first is not null ? first with { ValidationAccuracy = null, TestAccuracy = null } : null;
        ensemble.Save(path);
        PlainText.Out.WriteLine(ensemble);
        PlainText.Out.WriteLine($"Saved {path}");
        PlainText.Out.WriteLine($"Next: {Invocation.Name} evaluate {Invocation.Quote(path)}");
        return ExitCode.Success;
    }
}
