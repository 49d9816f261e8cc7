using System.Globalization;

namespace Nabla.Cli.Reports;

/// <summary>Samples with their class and what a network predicts: as pictures, or where they are none as rows of a table.</summary>
internal static class SampleGallery
{
    private const int MostShown = 24;

    /// <summary>The mistakes that the network is most confident of.</summary>
    public static Html OfWorst(Measurement measured)
    {
        ShownSample[] mistakes = [.. measured.Samples.Where(sample => sample.IsMistake).OrderByDescending(sample => sample.Prediction.Confidence).ThenBy(sample => sample.Row)];
        if (mistakes.Length == 0)
        {
            return Html.Of($"<p>All {measured.Samples.Count:N0} {measured.Unit}s are recognised: there is no mistake to show.</p>");
        }
        string which = mistakes.Length > MostShown
            ? string.Create(CultureInfo.InvariantCulture, $"{MostShown} of {mistakes.Length:N0} mistakes, those")
            : mistakes.Length == 1 ? "The one mistake, and so that" : string.Create(CultureInfo.InvariantCulture, $"All {mistakes.Length:N0} mistakes, those first");
        string below = measured.HasPictures ? ": the actual class, and the prediction with its confidence" : "";
        return Html.Of($"""
            <p class="remark">{which} of which the network is most confident{below}.</p>
            {Of(measured, [.. mistakes.Take(MostShown)], hasRunnerUp: false)}
            """);
    }

    /// <summary>The samples whose two highest scores are nearest to each other, right or wrong.</summary>
    public static Html OfMostUnsure(Measurement measured)
    {
        ShownSample[] unsure =
        [
            .. measured.Samples.Where(sample => sample.Prediction.RunnerUp >= 0)
                .OrderBy(sample => sample.Prediction.Confidence - sample.Prediction.RunnerUpConfidence).ThenBy(sample => sample.Row)
                .Take(Math.Clamp(measured.Samples.Count / 4, 1, MostShown)),
        ];
        if (unsure.Length == 0)
        {
            return Html.Of($"<p>There is one class only, of which the network is always as sure.</p>");
        }
        int mistakes = unsure.Count(sample => sample.IsMistake);
        string below = measured.HasPictures ? " Below each, the actual class and the two predictions." : "";
        return Html.Of($"""
            <p class="remark">The {unsure.Length} {measured.Unit}{(unsure.Length == 1 ? "" : "s")} whose two highest scores differ least; {mistakes} of them {(mistakes == 1 ? "is" : "are")} mistaken.{below}</p>
            {Of(measured, unsure, hasRunnerUp: true)}
            """);
    }

    private static Html Of(Measurement measured, ShownSample[] samples, bool hasRunnerUp)
    {
        Network network = measured.Network;
        if (!measured.HasPictures)
        {
            return Table(measured, samples, hasRunnerUp);
        }
        Html[] pictures = Pictures(measured.Data.Samples.Features, network, samples);
        return Html.Of($"""
            <ul class="gallery">
            {samples.Select((sample, i) => Html.Of($"""
            <li>{pictures[i]}
            <div class="is" title="{network.NameOf(sample.Actual)}">{network.NameOf(sample.Actual)}</div>
            {Answer(network, sample.Prediction.Label, sample.Prediction.Confidence, sample.Actual)}
            {(hasRunnerUp ? Answer(network, sample.Prediction.RunnerUp, sample.Prediction.RunnerUpConfidence, sample.Actual) : Html.Empty)}
            </li>

            """))}</ul>
            """);
    }

    /// <summary>An image for each of some samples.</summary>
    public static Html[] Pictures(Features features, Network network, ShownSample[] samples)
    {
        ByteFeatures images = SampleImages.Of(features.Take([.. samples.Select(sample => sample.Row)]), network.InputShape);
        // Which the style sheet overrules; it keeps its proportions.
        const double PictureWidth = 72;
        double height = Math.Round(PictureWidth * images.SampleShape[0] / images.SampleShape[1]);
        return
        [
            .. samples.Select((sample, i) => Html.Of($"""
                <img class="sample" src="{PictureData.OfSample(images[i], images.SampleShape)}" width="{PictureWidth}" height="{height}" alt="Image {sample.Row} of the test part: {network.NameOf(sample.Actual)}"/>
                """)),
        ];
    }

    /// <summary>One answer, with a mark that needs no colour.</summary>
    /// <param name="network">Whose answer it is.</param>
    /// <param name="label">The class.</param>
    /// <param name="confidence">How sure it is.</param>
    /// <param name="actual">The class that is right.</param>
    /// <param name="who">A letter for the network, where there are several.</param>
    public static Html Answer(Network network, int label, float confidence, int actual, string who = "")
    {
        (string style, string mark) = label == actual ? ("answer", "✓") : ("answer mistaken", "✗");
        string name = network.NameOf(label);
        return Html.Of($"""<div class="{style}" title="{name}"><span>{who}{mark} {name}</span> <span>{ShownSample.ConfidenceText(network, confidence)}</span></div>""");
    }

    private static Html Table(Measurement measured, ShownSample[] samples, bool hasRunnerUp)
    {
        Network network = measured.Network;
        return FigureTable.Of(
            hasRunnerUp ? "Most unsure" : "Worst mistakes",
            [measured.PlaceHeading, "Actual", "Predicted", "Confidence", .. hasRunnerUp ? ["Second", "Confidence"] : (string[])[]],
            samples.Select(sample => (Html[])
            [
                (sample.Row + 1).ToString("N0", CultureInfo.InvariantCulture), network.NameOf(sample.Actual),
                $"{(sample.IsMistake ? "✗" : "✓")} {network.NameOf(sample.Prediction.Label)}", ShownSample.ConfidenceText(network, sample.Prediction.Confidence),
                .. hasRunnerUp ? [network.NameOf(sample.Prediction.RunnerUp), ShownSample.ConfidenceText(network, sample.Prediction.RunnerUpConfidence)] : (Html[])[],
            ]));
    }
}
