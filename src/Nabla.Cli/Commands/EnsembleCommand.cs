using System.CommandLine;
using Nabla.Cli.Display;
using Nabla.Cli.Options;
using Nabla.Cli.Studies;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla ensemble</c>: joins models to one that averages their probabilities.</summary>
internal sealed class EnsembleCommand : Command
{
    private readonly Argument<string[]> _models = new("models")
    {
        Description = "Model files, or folders of runs; at least two, of the same classes and preprocessing. Or, with --best, the folder of a study.",
        Arity = ArgumentArity.OneOrMore,
    };
    private readonly Option<string> _out = new("--out") { Description = "The model file to write.", HelpName = "file", Required = true };

    private readonly Option<int?> _best = NumberOption.CreateCount("--best", "Of a study, how many of its runs that came to their end: those that are best on the validation samples.");

    public EnsembleCommand()
        : base("ensemble", "Join several models to one that averages their probabilities.")
    {
        Arguments.Add(_models);
        Options.Add(_out);
        Options.Add(_best);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        string path = arguments.GetRequiredValue(_out);
        Network[] members = [.. Named(arguments.GetRequiredValue(_models), arguments.GetValue(_best)).Select(ModelArgument.Load)];
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

    /// <summary>The models that were named, or the best of a study.</summary>
    private static IEnumerable<string> Named(string[] models, int? best)
    {
        string? study = Array.Find(models, StudyFolder.IsStudy);
        if (best is not int count)
        {
            return study is null ? models : throw new ArgumentException($"found {study}, which is the folder of a study, expected how many of its runs: --best 5.");
        }
        if (models.Length > 1 || study is null)
        {
            throw new ArgumentException($"--best: found {string.Join(", ", models)} beside it, expected the folder of one study.");
        }
        StudyFolder folder = StudyFolder.Open(study);
        RunStatus[] ranked = [.. folder.Study.Ranked(folder.Read()).Take(count)];
        foreach (RunStatus run in ranked)
        {
            PlainText.Out.WriteLine(PlainText.Of($"Run {run.Run.Name}: {StudyWords.Figure(folder.Study, run.Measure)}, {run.Run}"));
        }
        return ranked.Length == count ? ranked.Select(run => folder.PathOf(run.Run))
            : throw new ArgumentException($"--best: found {count}, but {ranked.Length} {(ranked.Length == 1 ? "run" : "runs")} of {study} came to their end; give fewer, or go on with it: nabla sweep {study}");
    }
}
