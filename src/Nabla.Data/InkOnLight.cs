namespace Nabla;

/// <summary>Turns a whole data set round where its images are dark on light: the one rule for all formats and all parts.</summary>
internal static class InkOnLight
{
    /// <summary>The data, light on dark.</summary>
    /// <param name="parts">As a file has it.</param>
    /// <param name="invert">Whether to do it, where somebody has said so.</param>
    /// <exception cref="ArgumentException">It is to be done to samples that are no grey images.</exception>
    public static DataParts Apply(DataParts parts, bool? invert)
    {
        Shape shape = parts.Train.Features.SampleShape;
        if (invert == true && (shape.Count < 2 || (shape.Count > 2 && shape[2] != 1)))
        {
            throw new ArgumentException($"--invert: found it for samples of {shape}, expected grey images; leave it out.");
        }
        if (!(invert ?? ImageBackgrounds.Of(parts.Train.Features, parts.Train.Targets as ClassLabels) == ImageBackground.Light))
        {
            return parts;
        }
        return parts with
        {
            Train = Invert(parts.Train),
            Validation = parts.Validation is null ? null : Invert(parts.Validation),
            Test = parts.Test is null ? null : Invert(parts.Test),
            Notes = invert is null ? [.. parts.Notes, "images dark on light: inverted, as MNIST is (--invert no leaves them)"] : parts.Notes,
        };
    }

    /// <summary>Images without labels, light on dark.</summary>
    public static Features Apply(Features features, bool? invert) =>
        invert ?? ImageBackgrounds.Of(features, null) == ImageBackground.Light ? ImageBackgrounds.Invert(features) : features;

    private static DataSet Invert(DataSet data) => new(ImageBackgrounds.Invert(data.Features), data.Targets);
}
