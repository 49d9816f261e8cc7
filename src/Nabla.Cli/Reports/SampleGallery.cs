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
        return mistakes.Length == 0
            ? Html.Of($"<p>All {measured.Samples.Count:N0} {measured.Unit}s are recognised: there is no mistake to show.</p>")
            : Html.Of($"""
                <p class="remark">{(mistakes.Length > MostShown ? string.Create(CultureInfo.InvariantCulture, $"{MostShown} of {mistakes.Length:N0} mistakes, those") : string.Create(CultureInfo.InvariantCulture, $"All {mistakes.Length:N0} mistakes, those first"))} of which the network is most confident{(measured.HasPictures ? ": the actual class, and the prediction with its confidence" : "")}.</p>
                {Of(measured, [.. mistakes.Take(MostShown)], hasRunnerUp: false)}
                """);
    }

    /// <summary>The samples whose two highest scores are nearest to each other, right or wrong.</summary>
    public static Html OfMostUnsure(Measurement measured)
    {
        ShownSample[] unsure = [.. measured.Samples.Where(sample => sample.Prediction.RunnerUp >= 0).OrderBy(Margin).ThenBy(sample => sample.Row).Take(Math.Clamp(measured.Samples.Count / 4, 1, MostShown))];
        return unsure.Length == 0
            ? Html.Of($"<p>There is one class only, of which the network is always as sure.</p>")
            : Html.Of($"""
                <p class="remark">The {unsure.Length} {measured.Unit}{(unsure.Length == 1 ? "" : "s")} whose two highest scores differ least; {unsure.Count(sample => sample.IsMistake)} of them {(unsure.Count(sample => sample.IsMistake) == 1 ? "is" : "are")} mistaken. {(measured.HasPictures ? "Below each, the actual class and the two predictions." : "")}</p>
                {Of(measured, unsure, hasRunnerUp: true)}
                """);

        static float Margin(ShownSample sample) => sample.Prediction.Confidence - sample.Prediction.RunnerUpConfidence;
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
            <li>{pictures[i]}<div class="is" title="{network.NameOf(sample.Actual)}">{network.NameOf(sample.Actual)}</div>{Answer(network, sample.Prediction.Label, sample.Prediction.Confidence, sample.Actual)}{(hasRunnerUp ? Answer(network, sample.Prediction.RunnerUp, sample.Prediction.RunnerUpConfidence, sample.Actual) : Html.Empty)}</li>

            """))}</ul>
            """);
    }

    /// <summary>An image for each of some samples.</summary>
    public static Html[] Pictures(Features features, Network network, ShownSample[] samples)
    {
        ByteFeatures images = SampleImages.Of(features.Take([.. samples.Select(sample => sample.Row)]), network.InputShape);
        return [.. samples.Select((sample, i) => Html.Of($"""<img class="sample" src="{PictureData.OfSample(images[i], images.SampleShape)}" width="72" height="{Math.Round(72.0 * images.SampleShape[0] / images.SampleShape[1])}" alt="Image {sample.Row} of the test part: {network.NameOf(sample.Actual)}"/>"""))];
    }

    /// <summary>One answer, with a mark that needs no colour.</summary>
    /// <param name="network">Whose answer it is.</param>
    /// <param name="label">The class.</param>
    /// <param name="confidence">How sure it is.</param>
    /// <param name="actual">The class that is right.</param>
    /// <param name="who">A letter for the network, where there are several.</param>
    public static Html Answer(Network network, int label, float confidence, int actual, string who = "") =>
        Html.Of($"""<div class="{(label == actual ? "answer" : "answer mistaken")}" title="{network.NameOf(label)}"><span>{who}{(label == actual ? "✓" : "✗")} {network.NameOf(label)}</span> <span>{ShownSample.ConfidenceText(network, confidence)}</span></div>""");

    private static Html Table(Measurement measured, ShownSample[] samples, bool hasRunnerUp)
    {
        Network network = measured.Network;
        return Html.Of($"""
            <div class="scroll" tabindex="0" role="group" aria-label="{(hasRunnerUp ? "Most unsure" : "Worst mistakes")}">
            <table class="figures-table">
            <thead><tr><th scope="col">{char.ToUpperInvariant(measured.Unit[0])}{measured.Unit[1..]} of the test part</th><th scope="col">Actual</th><th scope="col">Predicted</th><th scope="col">Confidence</th>{(hasRunnerUp ? Html.Of($"""<th scope="col">Second</th><th scope="col">Confidence</th>""") : Html.Empty)}</tr></thead>
            <tbody>
            {samples.Select(sample => Html.Of($"""
            <tr><th scope="row">{sample.Row + 1:N0}</th><td>{network.NameOf(sample.Actual)}</td><td>{(sample.IsMistake ? "✗" : "✓")} {network.NameOf(sample.Prediction.Label)}</td><td>{ShownSample.ConfidenceText(network, sample.Prediction.Confidence)}</td>{(hasRunnerUp ? Html.Of($"<td>{network.NameOf(sample.Prediction.RunnerUp)}</td><td>{ShownSample.ConfidenceText(network, sample.Prediction.RunnerUpConfidence)}</td>") : Html.Empty)}</tr>

            """))}</tbody>
            </table>
            </div>
            """);
    }
}
