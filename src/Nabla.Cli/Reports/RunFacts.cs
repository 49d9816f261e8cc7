using System.Globalization;
using System.Text.Json.Nodes;

namespace Nabla.Cli.Reports;

/// <summary>What a report says in words and tables: how a network was trained, by which recipe and command, and where.</summary>
internal static class RunFacts
{
    /// <summary>How it was trained, point by point.</summary>
    public static Html Training(TrainedRun run)
    {
        if (run.Network.Training is not { } training)
        {
            return Html.Of($"""<p class="remark">The model does not say how it was trained.</p>""");
        }
        TrainingOptions options = training.Options;
        // Kinds of one's own, too, are known by the names that recipes have for them.
        JsonNode record = JsonNode.Parse(run.Network.ToJson())!["training"]!;
        List<(string Name, string Value)> facts =
        [
            ("Training samples", string.Create(CultureInfo.InvariantCulture, $"{training.Samples:N0}{(training.Data is string data ? $", {data}" : "")}")),
            ("Loss", run.Network.Loss?.ToString() ?? "not known"),
            ("Optimiser", JsonText.InWords(record["optimizer"])),
            ("Schedule", JsonText.InWords(record["options"]?["schedule"])),
            ("Batch size", options.BatchSize.ToString("N0", CultureInfo.InvariantCulture)),
            ("Epochs", Epochs(training)),
            ("Seed", options.Seed.ToString(CultureInfo.InvariantCulture)),
        ];
        if (options.Augmentation.Count > 0)
        {
            facts.Add(("Augmentation", string.Join(", ", record["options"]!["augmentation"]!.AsArray().Select(augmentation => (string?)augmentation?[JsonText.KindMember]))));
        }
        if (training.ValidationAccuracy is double validation)
        {
            facts.Add(("Validation accuracy", validation.ToString("0.00%", CultureInfo.InvariantCulture)));
        }
        return Html.Of($"<h3>Training</h3>{Table(facts)}");
    }

    private static string Epochs(TrainingRecord training)
    {
        string how = training.DivergedInEpoch is int diverged ? $"; diverged in epoch {diverged}"
            : training.Cancelled ? "; interrupted"
            : training.StoppedInEpoch is int stopped ? $"; ended early, in epoch {stopped}"
            : "";
        return string.Create(CultureInfo.InvariantCulture, $"{training.Options.Epochs:N0}{how}{(training.BestEpoch > 0 ? $"; the weights are those of epoch {training.BestEpoch}" : "")}");
    }

    /// <summary>The figures of one epoch.</summary>
    public static Html Epoch(EpochResult epoch) => FigureTable.Of(
        "The epoch", ["", "Loss", "Accuracy"],
        [["Training", Loss(epoch.Loss), Share(epoch.Accuracy)], ["Validation", Loss(epoch.ValidationLoss), Share(epoch.ValidationAccuracy)]]);

    private static string Loss(double? loss) => loss?.ToString("F4", CultureInfo.InvariantCulture) ?? "–";

    private static string Share(double? share) => share?.ToString("0.00%", CultureInfo.InvariantCulture) ?? "–";

    /// <summary>What the reliability diagram means.</summary>
    public static Html Calibration(Network network, Calibration before, Calibration after, string unit)
    {
        string temperature = network.Temperature == 1 ? "" : string.Create(CultureInfo.InvariantCulture,
            $" The model divides its logits by a temperature of {network.Temperature:G4}, fitted after training; without it the error is {before.ExpectedError:0.00%}.");
        return Html.Of($"""
            <p>Expected calibration error <b>{after.ExpectedError:0.00%}</b>: the mean difference between confidence and accuracy over the {unit}s. Vertical lines are 95% intervals of a bin's accuracy.{temperature}</p>
            {FigureTable.Of(
                "Calibration, bin by bin",
                ["Confidence", Measurement.Heading(unit), "Mean confidence", "Accuracy"],
                after.Bins.Select((bin, i) => (bin, i)).Where(pair => pair.bin.Count > 0).Select(pair => (Html[])
                [
                    string.Create(CultureInfo.InvariantCulture, $"{(double)pair.i / after.Bins.Count:0%} to {(pair.i + 1.0) / after.Bins.Count:0%}"), pair.bin.Count.ToString("N0", CultureInfo.InvariantCulture),
                    pair.bin.Confidence.ToString("0.0%", CultureInfo.InvariantCulture), pair.bin.Accuracy.ToString("0.0%", CultureInfo.InvariantCulture),
                ]))}
            """);
    }

    /// <summary>The recipe of a run, or what a model says of itself.</summary>
    public static Html Recipe(TrainedRun run) => run.Description is { Recipe: { } recipe }
        ? Html.Of($"""
            <p>{recipe.Description}</p>
            <p class="remark">As it was asked for, before it was fitted to the data.</p>
            <pre tabindex="0">{Html.Lines(JsonText.Of(recipe.ToJson()))}</pre>
            """)
        : Html.Of($"""
            <p class="remark">The recipe is not kept. The model file says this:</p>
            <pre tabindex="0">{Html.Lines(JsonText.Of(run.Network.ToJson()))}</pre>
            """);

    /// <summary>How it can be made again, and where it was made.</summary>
    public static Html Machine(TrainedRun run)
    {
        RunDescription? description = run.Description;
        Html command = description?.Command is string text
            ? Html.Of($"""<pre tabindex="0">{Html.Lines(text)}</pre>""")
            : Html.Of($"""<p class="remark">The command that trained it is not kept{(run.Folder is null ? ": this is a model file alone" : "")}.</p>""");
        List<(string Name, string Value)> facts = [];
        if (description?.Machine is { } machine)
        {
            facts.AddRange(
            [
                ("Processor", machine.Processor),
                ("Logical processors", string.Create(CultureInfo.InvariantCulture, $"{machine.Processors}, with vectors of {machine.VectorBits} bits")),
                ("System", machine.System),
                ("Runtime", machine.Runtime),
            ]);
        }
        if (run.Summary is { } summary)
        {
            facts.Add(("Training time", string.Create(CultureInfo.InvariantCulture, $"{summary.TrainSeconds:N1} s on {summary.Threads} {(summary.Threads == 1 ? "thread" : "threads")}")));
        }
        if (run.Network.Training is { } training)
        {
            facts.Add(("Nabla", $"{training.Version}{(training.PlanVersion is int plan ? string.Create(CultureInfo.InvariantCulture, $", plan version {plan}") : "")}"));
        }
        return Html.Of($"{command}{(facts.Count == 0 ? Html.Empty : Table(facts))}");
    }

    /// <summary>A time as people say it.</summary>
    public static string Duration(double seconds) => seconds < 100
        ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s")
        : seconds < 6000 ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0.0} min") : string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.0} h");

    public static Html Table(IEnumerable<(string Name, string Value)> facts) => Html.Of($"""
        <table class="facts"><tbody>
        {facts.Select(fact => Html.Of($"""<tr><th scope="row">{fact.Name}</th><td>{fact.Value}</td></tr>"""))}
        </tbody></table>
        """);
}
