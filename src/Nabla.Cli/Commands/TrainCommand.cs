using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Nabla.Cli.Display;
using Nabla.Cli.Options;
using Nabla.Cli.Plotting;
using Nabla.IO;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla train</c>: trains a network, measures it on the test images and saves it.</summary>
internal sealed class TrainCommand : Command
{
    // For the model's description, history.csv and summary.json.
    private const int RoomBesideParameters = 256 * 1024;

    // In a model and a checkpoint: those of the model, of the step, of the best epoch, of their average, and two of an optimiser.
    private const int CheckpointVectors = 6;

    private const string DefaultRecipe = "quick";

    // What is trained where no recipe is named and the default one cannot take the samples, or dense layers are asked for.
    private const string DenseRecipe = "dense";

    // What is trained on the rows of a table.
    private const string TableRecipe = "table";

    // The default recipe takes as many epochs as it needs to see so many images, all of MNIST once; fewer images more often, up to so many times.
    private const int ImagesSeen = 60_000, MaxEpochs = 100;

    private readonly Argument<string> _recipe = new("recipe")
    {
        Description = $"A recipe by name ('nabla recipes' lists them) or a JSON file; the options below override it. '{TableRecipe}' for tables and '{DenseRecipe}' for other samples that are no images, if not given. Or, instead of --data, a file or folder to learn from.",
        DefaultValueFactory = _ => DefaultRecipe,
    };
    private readonly DataOptions _data = DataOptions.Create();
    private readonly Option<int[]?> _hidden = CreateHiddenOption();
    private readonly Option<int?> _epochs = NumberOption.CreateCount("--epochs", "Passes over the training images; as the recipe says if not given.");
    private readonly Option<int?> _batchSize = NumberOption.CreateCount("--batch-size", "Images per step; as the recipe says if not given.");
    private readonly RuleOptions _rules = new();
    private readonly Option<uint?> _seed = NumberOption.Create<uint>(
        "--seed", "Decides initial weights, validation split and order of images; the same seed gives the same network, bit for bit. As the recipe says (1) if not given.",
        $"a whole number from 0 to {uint.MaxValue}", _ => true);
    private readonly Option<int?> _threads = NumberOption.Create<int>(
        "--threads", "Threads to use; the result does not depend on it. One per processor if not given.",
        $"a whole number from 1 to {TrainingOptions.MaxThreads}", value => value is >= 1 and <= TrainingOptions.MaxThreads);
    private readonly Option<int?> _patience = NumberOption.CreateCount("--patience", "Ends the training when so many epochs in a row were no better on the validation images than the best before; never if not given.");
    private readonly Option<int?> _plateau = NumberOption.CreateCount(
        "--reduce-on-plateau", "Divides the learning rate by 10 when so many epochs in a row had no smaller validation loss than the least before; never if not given.");
    private readonly Option<string?> _out = new("--out")
    {
        Description = "Folder for model.safetensors, history.csv and summary.json; runs/1, runs/2 … if not given.",
        HelpName = "folder",
    };
    private readonly Option<string?> _resume = new("--resume")
    {
        Description = "Go on with a training that was interrupted, as if it had not been: its folder, such as runs/1. Of the other options only --threads, --checkpoint-every, --distributed and --json may be given. The number of processes may be another.",
        HelpName = "folder",
    };
    private readonly Option<double?> _checkpointEvery = NumberOption.Create<double>(
        "--checkpoint-every", "Seconds from one checkpoint to the next, of which --resume takes the last; 0 for one after every step. 30 if not given.",
        "a number from 0 to 1000000, such as 60", value => value is >= 0 and <= 1e6);
    private readonly Option<string?> _distributed = TrainingProcesses.CreateOption();
    private readonly Option<bool> _explain = new("--explain") { Description = "Say how a batch goes through the network, layer by layer, instead of training it." };
    private readonly Option<bool> _check = new("--check") { Description = "Say whether the network can learn at all, by letting it learn 64 images by heart, instead of training it." };
    private readonly Option<bool> _findRate = new("--find-lr") { Description = "Look for a learning rate, by a short training in which it grows, and draw what the loss does, instead of training." };
    private readonly Option<bool> _tensorBoard = new("--tensorboard") { Description = "Also write an event file for TensorBoard into the folder: 'tensorboard --logdir runs' shows it." };
    private readonly Option<bool> _json = new("--json") { Description = "Print the summary as one JSON object on standard output, and progress on standard error." };

    public TrainCommand()
        : base("train", "Train a network on digits, test it, and save it.")
    {
        Arguments.Add(_recipe);
        _data.AddTo(this);
        Options.Add(_hidden);
        Options.Add(_epochs);
        Options.Add(_batchSize);
        foreach (Option option in _rules.All)
        {
            Options.Add(option);
        }
        Options.Add(_seed);
        Options.Add(_threads);
        Options.Add(_patience);
        Options.Add(_plateau);
        Options.Add(_out);
        Options.Add(_resume);
        Options.Add(_checkpointEvery);
        Options.Add(_distributed);
        Options.Add(_explain);
        Options.Add(_tensorBoard);
        Options.Add(_check);
        Options.Add(_findRate);
        Options.Add(_json);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        bool json = arguments.GetValue(_json);
        TextWriter notes = json ? PlainText.Error : PlainText.Out;
        string? resumed = arguments.GetValue(_resume);
        if (resumed is not null)
        {
            ThrowUnlessResumable(arguments);
        }
        if (resumed is null && (arguments.GetValue(_explain) || arguments.GetValue(_check) || arguments.GetValue(_findRate)))
        {
            return arguments.GetValue(_explain) ? Explain(arguments, notes) : arguments.GetValue(_check) ? Check(arguments, notes) : FindRate(arguments, notes);
        }
        using TrainingProcesses processes = TrainingProcesses.Start(arguments.GetValue(_distributed));
        return processes.Run("nabla train", () =>
        {
            if (!processes.IsFirst)
            {
                return TakePart(processes, arguments);
            }
            // Before the data is read or downloaded: a folder that cannot be written is known at once.
            RunDescription? asked = resumed is null ? Asked(arguments) : null;
            using RunFolder folder = resumed is null ? RunFolder.Create(arguments.GetValue(_out)) : RunFolder.Resume(resumed);
            return Train(asked ?? Resumed(folder), folder, processes, arguments, json, notes);
        });
    }

    private RunDescription Asked(ParseResult arguments) => new(
        Override(ReadRecipe(NamesRecipe(arguments) ? arguments.GetRequiredValue(_recipe) : arguments.GetResult(_hidden) is not null ? DenseRecipe : DefaultRecipe), arguments), AskedData(arguments),
        arguments.GetValue(_patience), arguments.GetValue(_plateau), arguments.GetValue(_tensorBoard))
    {
        Command = string.Join(' ', arguments.Tokens.Select(token => Invocation.Quote(token.Value)).Prepend("nabla")),
        Machine = MachineDescription.Current,
    };

    private bool NamesRecipe(ParseResult arguments) => arguments.GetResult(_recipe) is { Tokens.Count: > 0 } && !IsData(arguments.GetRequiredValue(_recipe));

    private DataRequest AskedData(ParseResult arguments)
    {
        DataRequest request = _data.Read(arguments);
        string named = arguments.GetRequiredValue(_recipe);
        return !IsData(named) ? request
            : request.Data is null ? request with { Data = named }
            : throw new ArgumentException($"--data: found {named} beside it, which is data, too, and no recipe; give one of them.");
    }

    /// <summary>Whether what stands in place of a recipe is there and none: a folder, or a file that does not begin as recipes do.</summary>
    private static bool IsData(string name)
    {
        if (RecipeBook.Names.Contains(name) || name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || !File.Exists(name))
        {
            return !RecipeBook.Names.Contains(name) && Directory.Exists(name);
        }
        using FileStream file = InputFile.Open(name);
        using StreamReader reader = new(file);
        int first;
        do
        {
            first = reader.Read();
        }
        while (first is ' ' or '\t' or '\r' or '\n');
        return first is not ('{' or '/');
    }

    private int Train(RunDescription run, RunFolder folder, TrainingProcesses processes, ParseResult arguments, bool json, TextWriter notes)
    {
        using Interruption interruption = new();
        bool isResumed = File.Exists(folder.CheckpointPath);
        processes.Introduce(notes);
        processes.Share(run.ToJson());
        processes.Share(isResumed ? folder.CheckpointPath : "");
        run = Shared(run, processes, arguments);
        (run, DataSource.TrainingData source, RecipeTraining training) = Prepare(run, arguments, notes, interruption.Token);
        Recipe recipe = run.Recipe;
        TrainingOptions options = recipe.Training;
        (Network network, TrainAndTest data) = (training.Network, training.Data);
        folder.CheckRoom(RoomBesideParameters + CheckpointVectors * sizeof(float) * (long)network.Parameters.Length + sizeof(int) * (long)data.Train.Count);
        notes.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Recipe: {PlainText.Of(recipe.Name)}"));
        notes.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Data: {data.Source}; {data.Train.Count:N0} {Unit(data.Train)} to train{(options.ValidationFraction > 0 && data.Validation is null ? " and validate" : "")} on, {(data.Validation is { } own ? $"{own.Count:N0} to validate on, " : "")}{data.Test.Count:N0} to test on"));
        notes.WriteLine(network);

        Accompany(training.Trainer, run, processes);
        if (run.TensorBoard)
        {
            training.Trainer.Callbacks.Add(new TensorBoardLog(folder.FolderPath, recipe.ToJson()));
        }
        folder.SaveRun(run.ToJson());
        training.Trainer.Callbacks.Add(new Checkpoints(folder.CheckpointPath) { Interval = TimeSpan.FromSeconds(arguments.GetValue(_checkpointEvery) ?? 30), BestModelPath = folder.ModelPath });
        if (arguments.GetValue(_resume) is not null && !isResumed)
        {
            notes.WriteLine("It was interrupted before its first checkpoint: it begins anew.");
        }
        Stopwatch clock = Stopwatch.StartNew();
        TrainingHistory history;
        try
        {
            history = TrainingDisplay.Run(training.Trainer, () => isResumed ? training.Resume(folder.CheckpointPath, interruption.Token) : training.Fit(interruption.Token), recipe.LogEvery, Unit(data.Train), toError: json);
        }
        catch (TrainingDivergedException exception) when (exception.History.Best is EpochResult best)
        {
            source.Remember(network, data, test: null);
            folder.SaveModel(network);
            folder.SaveHistory(exception.History);
            notes.WriteLine($"Saved {folder.ModelPath}: the best model before the training diverged, that of {best}.");
            throw;
        }
        double seconds = clock.Elapsed.TotalSeconds;

        Evaluation test = network.Evaluate(data.Test, options.Threads, processes.Communicator);
        source.Remember(network, data, test);
        folder.SaveModel(network);
        folder.SaveHistory(history);
        TrainSummary summary = TrainSummary.Create(recipe, network, history, test, training.Trainer.Loss.OfConstantAnswer(data.Train.Targets), seconds, folder.ModelPath, data.Source);
        string text = JsonSerializer.Serialize(summary, SummaryJson.Default.TrainSummary);
        folder.SaveSummary(text);
        string? picture = test.Regression is { } figures && data.Test.Targets is TargetVectors { Width: 1 } numbers
            ? folder.SavePredictions(RegressionPlot.Png($"{source.Parts.Source}, {numbers.Count:N0} rows", network.Schema?.AnswerName, figures, numbers.Values, network.Score(data.Test.Features, options.Threads)))
            : null;

        if (json)
        {
            PlainText.Out.WriteLine(text);
        }
        Report(notes, summary, history, folder, picture, data.Source == SyntheticDigits.SourceName, Unit(data.Test));
        if (history.Cancelled)
        {
            return ExitCode.Interrupted;
        }
        if (summary.HasLearntNothing)
        {
            string found = summary.TestRegression is not null ? "its answers for the test part are no better than always their mean"
                : summary.TestCorrect <= summary.CommonestCount
                ? FormattableString.Invariant($"it recognises no more of the test images than one that always answers {network.NameOf(test.Confusion!.CommonestClass)} ({summary.CommonestCount:N0})")
                : $"its {summary.LossRemark}";
            PlainText.Error.WriteLine($"nabla train: the network has learnt nothing: {found}; try a smaller --learning-rate, more --epochs or another --seed, and look at {folder.HistoryPath}.");
            return ExitCode.Failure;
        }
        return ExitCode.Success;
    }

    /// <summary>Trains with the first process, which prints and saves.</summary>
    private int TakePart(TrainingProcesses processes, ParseResult arguments)
    {
        using Interruption interruption = new();
        RunDescription run = Shared(RunDescription.Parse(processes.Share(""), RunFolder.RunName), processes, arguments);
        string checkpoint = processes.Share("");
        // A signal that comes before the first step ends the training after it, with a checkpoint.
        (run, _, RecipeTraining training) = Prepare(run, arguments, TextWriter.Null, CancellationToken.None);
        Accompany(training.Trainer, run, processes);
        TrainingHistory history = checkpoint.Length > 0 ? training.Resume(checkpoint, interruption.Token) : training.Fit(interruption.Token);
        training.Network.Evaluate(training.Data.Test, run.Recipe.Training.Threads, processes.Communicator);
        return history.Cancelled ? ExitCode.Interrupted : ExitCode.Success;
    }

    /// <summary>What has to be the same in all processes of a training.</summary>
    private static void Accompany(Trainer trainer, RunDescription run, TrainingProcesses processes)
    {
        trainer.Communicator = processes.Communicator;
        if (run.Patience is int patience)
        {
            trainer.Callbacks.Add(new EarlyStopping(patience));
        }
        if (run.PlateauPatience is int plateau)
        {
            trainer.Callbacks.Add(new ReduceOnPlateau(patience: plateau));
        }
    }

    /// <summary>What each of the processes does by itself: threads, and how it reads the data.</summary>
    private RunDescription Shared(RunDescription run, TrainingProcesses processes, ParseResult arguments) => run with
    {
        Recipe = run.Recipe with { Training = run.Recipe.Training with { Threads = arguments.GetValue(_threads) ?? processes.Threads } },
        Data = run.Data with { MapFiles = processes.ShareFiles },
    };

    private int Explain(ParseResult arguments, TextWriter notes)
    {
        using Interruption interruption = new();
        (RunDescription run, _, RecipeTraining training) = Prepare(Asked(arguments), arguments, notes, interruption.Token);
        Recipe recipe = run.Recipe;
        PlainText.Out.WriteLine(training.Network);
        PlainText.Out.WriteLine();
        PlainText.Out.WriteLine(training.Network.Explain(recipe.Training with { BatchSize = Math.Min(recipe.Training.BatchSize, training.Data.Train.Count) }));
        return ExitCode.Success;
    }

    private int Check(ParseResult arguments, TextWriter notes)
    {
        using Interruption interruption = new();
        (RunDescription run, _, RecipeTraining training) = Prepare(Asked(arguments), arguments, notes, interruption.Token);
        Recipe recipe = run.Recipe;
        SetupReport report = SetupCheck.Run(training.Network, training.Trainer.Loss, recipe.Optimizer, training.Data.Train, recipe.Training, interruption.Token);
        foreach (SetupFinding finding in report.Findings)
        {
            PlainText.Out.WriteLine($"{finding.Kind switch { FindingKind.Good => "  ok ", FindingKind.Remark => "   ? ", _ => "   ! " }}{finding.Text}");
        }
        PlainText.Out.WriteLine(report.CanLearn ? "This set-up can learn." : "This set-up does not learn as it is.");
        return report.CanLearn ? ExitCode.Success : ExitCode.Failure;
    }

    private int FindRate(ParseResult arguments, TextWriter notes)
    {
        RunDescription asked = Asked(arguments);
        using RunFolder folder = RunFolder.Create(arguments.GetValue(_out));
        using Interruption interruption = new();
        (RunDescription run, _, RecipeTraining training) = Prepare(asked, arguments, notes, interruption.Token);
        Recipe recipe = run.Recipe;
        LearningRateRange range = LearningRateFinder.Find(training.Network, training.Trainer.Loss, recipe.Optimizer, training.Data.Train, recipe.Training, interruption.Token);
        LearningRatePoint least = range.Points.MinBy(point => point.SmoothedLoss), last = range.Points[^1];
        PlainText.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{range.Points.Count} steps with rates from {range.Points[0].LearningRate:G2} to {last.LearningRate:G2}: the loss began at {range.Points[0].Loss:G3}, was least, {least.SmoothedLoss:G3}, at {least.LearningRate:G2}, and {(range.HasExploded ? $"ran away at {last.LearningRate:G2}" : "did not run away")}."));
        string picture = folder.SaveRateRange(RateRangePlot.Png($"{recipe.Name}: loss over learning rate", range));
        PlainText.Out.WriteLine(range.Suggestion is double rate
            ? string.Create(CultureInfo.InvariantCulture, $"Suggestion: --learning-rate {rate:G2}, where the loss falls most steeply and a step gains most; at {least.LearningRate:G2} it no longer falls.")
            : "No suggestion: the loss hardly fell at any rate; 'nabla train --check' looks for the reason.");
        PlainText.Out.WriteLine($"Wrote {picture}");
        return range.Suggestion is null ? ExitCode.Failure : ExitCode.Success;
    }

    /// <summary>Loads the data and fits the recipe to it.</summary>
    private (RunDescription Run, DataSource.TrainingData Source, RecipeTraining Training) Prepare(RunDescription run, ParseResult arguments, TextWriter notes, CancellationToken cancellation)
    {
        DataSource.TrainingData source = DataSource.Load(run.Data, notes, keepsValidation: run.Recipe.Training.ValidationFraction > 0, cancellation);
        // The built-in digits take seconds to draw.
        cancellation.ThrowIfCancellationRequested();
        bool isChosen = !NamesRecipe(arguments) && arguments.GetValue(_resume) is null;
        if (isChosen && source.Parts.Train.Features.Schema is not null)
        {
            run = run with { Recipe = Override(ReadRecipe(TableRecipe), arguments) };
        }
        else if (isChosen && run.Recipe.Name == DefaultRecipe)
        {
            run = run with { Recipe = Chosen(run.Recipe, source.Parts.Train, arguments, notes) };
        }
        if (source.Parts.Train.Targets is ClassLabels labels && !run.Recipe.Training.BalanceClasses)
        {
            SayImbalance(labels, notes);
        }
        return (run, source, Fitting(run.Recipe, source, isChosen && run.Recipe.Name == TableRecipe ? TextWriter.Null : notes).Prepare(source.Parts));
    }

    /// <summary>Says where one class has far more samples than another.</summary>
    private static void SayImbalance(ClassLabels labels, TextWriter notes)
    {
        (int Label, int Count)[] counts = [.. labels.Values.ToArray().CountBy(label => label).Select(pair => (pair.Key, pair.Value))];
        (int Label, int Count) rarest = counts.MinBy(pair => pair.Count), commonest = counts.MaxBy(pair => pair.Count);
        if (commonest.Count >= (long)DataInspection.Imbalance * rarest.Count)
        {
            notes.WriteLine(PlainText.Of(FormattableString.Invariant($"The classes are of very different size: {labels.NameOf(commonest.Label)} has {commonest.Count:N0}, {labels.NameOf(rarest.Label)} has {rarest.Count:N0}; --class-weights balanced gives every class the same say.")));
        }
    }

    /// <summary>What samples are called.</summary>
    private static string Unit(DataSet data) => data.Features.Schema is null ? "images" : "rows";

    /// <summary>The default recipe as it suits the data, or the dense one where the default cannot take it.</summary>
    private Recipe Chosen(Recipe recipe, DataSet train, ParseResult arguments, TextWriter notes)
    {
        try
        {
            recipe.For(train).CreateNetwork();
        }
        catch (ArgumentException)
        {
            notes.WriteLine($"The samples are no images that the recipe '{DefaultRecipe}' could take: it is '{DenseRecipe}'.");
            return Override(ReadRecipe(DenseRecipe), arguments);
        }
        int epochs = Math.Min((ImagesSeen + train.Count - 1) / train.Count, MaxEpochs);
        if (arguments.GetValue(_epochs) is not null || epochs <= recipe.Training.Epochs)
        {
            return recipe;
        }
        notes.WriteLine(FormattableString.Invariant($"There are {train.Count:N0} images: {epochs} epochs, so that the network sees some {(long)epochs * train.Count:N0}."));
        return recipe with { Training = recipe.Training with { Epochs = epochs } };
    }

    private static void Report(TextWriter notes, TrainSummary summary, TrainingHistory history, RunFolder folder, string? picture, bool isBuiltIn, string unit)
    {
        if (history.Cancelled)
        {
            notes.WriteLine(history.Best is EpochResult best
                ? $"Stopped; kept the best model so far, that of {best}."
                : "Stopped before the first epoch was finished; kept the model as it was then.");
        }
        if (history is { StoppedEarly: true, Best: EpochResult kept })
        {
            notes.WriteLine($"Ended after epoch {history.Epochs.Count}, which was no better; kept the model of {kept}.");
        }
        notes.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(summary.TestRegression is { } figures ? $"Test: {figures} over {summary.TestCount:N0} test {unit}" : string.Create(CultureInfo.InvariantCulture, $"Test accuracy {summary.TestAccuracy:0.00%} ({summary.TestCorrect:N0} of {summary.TestCount:N0} test {unit})"))} after {summary.TrainSeconds:F1} s of training"));
        if (summary.TestRegression is null && summary.CommonestCount == summary.TestCount)
        {
            notes.WriteLine(EvaluationSummary.OneClassRemark);
        }
        if (summary is { LossStayedHigh: true, HasLearntNothing: false, Cancelled: false })
        {
            notes.WriteLine($"The {summary.LossRemark}: its scores mean nothing; try a smaller --learning-rate.");
        }
        if (isBuiltIn)
        {
            notes.WriteLine("These are built-in digits too: on real handwriting expect less (measured on MNIST: the default network reads 97.8%).");
        }
        notes.WriteLine($"Saved {summary.Model}");
        if (picture is not null)
        {
            notes.WriteLine($"Wrote {picture}: predicted over true");
        }
        notes.WriteLine(history.Cancelled
            ? $"Next: {Invocation.Name} train --resume {Invocation.Quote(folder.FolderPath)} goes on with it"
            : $"Next: {Invocation.Name} evaluate {Invocation.Quote(summary.Model)}");
    }

    /// <summary>What the run was asked to do.</summary>
    private static RunDescription Resumed(RunFolder folder) => RunDescription.Load(folder.RunPath) with { Machine = MachineDescription.Current };

    private void ThrowUnlessResumable(ParseResult arguments)
    {
        Symbol[] allowed = [_resume, _threads, _checkpointEvery, _distributed, _json];
        if (Options.Concat<Symbol>(Arguments).Except(allowed).FirstOrDefault(symbol => arguments.GetResult(symbol) is { Tokens.Count: > 0 } or OptionResult { Implicit: false }) is Symbol other)
        {
            throw new ArgumentException($"--resume: found {other.Name} beside it, expected at most --threads, --checkpoint-every, --distributed and --json; a training goes on as it began.");
        }
    }

    internal static Recipe ReadRecipe(string name) => RecipeBook.Names.Contains(name)
        ? RecipeBook.Get(name)
        : File.Exists(name) || name.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            ? Recipe.Load(name)
            : throw new ArgumentException(Spelling.Misspelt(name, RecipeBook.Names) is string meant
                ? $"there is no recipe or file '{name}'; did you mean '{meant}'?"
                : $"there is no recipe or file '{name}'; recipes are: {string.Join(", ", RecipeBook.Names)}.");

    /// <summary>The recipe for images of another size or another number of classes, where the data has such.</summary>
    private static Recipe Fitting(Recipe recipe, DataSource.TrainingData source, TextWriter notes)
    {
        DataSet train = source.Parts.Train;
        Recipe fitting = recipe.For(train, source.Parts.Scale);
        if (source.Sha256 is not null && fitting.Training.Standardize is null)
        {
            // What is guessed is said, and so is where a recipe knows better.
            notes.WriteLine(fitting.Preprocessing.ScaleOf(train.Features));
        }
        if (fitting.Layers is [.., DenseSpec last] && recipe.Layers is [.., DenseSpec before] && last.Units != before.Units)
        {
            notes.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The data has {last.Units} classes: the last layer puts out {last.Units} values, not the {before.Units} of the recipe."));
        }
        return fitting;
    }

    private Recipe Override(Recipe recipe, ParseResult arguments)
    {
        TrainingOptions training = recipe.Training with
        {
            Epochs = arguments.GetValue(_epochs) ?? recipe.Training.Epochs,
            BatchSize = arguments.GetValue(_batchSize) ?? recipe.Training.BatchSize,
            Seed = arguments.GetValue(_seed) ?? recipe.Training.Seed,
            Threads = arguments.GetValue(_threads) ?? recipe.Training.Threads,
        };
        IReadOnlyList<LayerSpec> layers = arguments.GetResult(_hidden) is not null && arguments.GetValue(_hidden) is int[] hidden
            ? [.. hidden.Select(units => Layer.Dense(units, Activation.ReLU)), recipe.Layers[^1]]
            : recipe.Layers;
        return _rules.Override(recipe with { Training = training, Layers = layers }, arguments);
    }

    private static Option<int[]?> CreateHiddenOption() => new("--hidden")
    {
        Description = "Dense ReLU layers in place of all but the recipe's last: units of each, with commas between, such as 128 or 300,100; 0 for none.",
        HelpName = "units",
        CustomParser = result =>
        {
            string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (text == "0")
            {
                return [];
            }
            List<int> units = [];
            foreach (string part in text.Split(','))
            {
                if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count is < 1 or > 65_536)
                {
                    result.AddError($"--hidden: found '{text}', expected whole numbers from 1 to 65536 with commas between, such as 128 or 300,100.");
                    return [];
                }
                units.Add(count);
            }
            return [.. units];
        },
    };
}
