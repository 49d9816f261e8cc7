using System.Globalization;
using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>What is done to features before a network sees them; kept in the network and in its model file.</summary>
public sealed record Preprocessing
{
    /// <summary>What bytes are divided by, above 0. Default: 255, which puts them into [0, 1]. Of floats, see <see cref="FloatDivisor"/>.</summary>
    [JsonRequired]
    public float ByteDivisor
    {
        get;
        init => field = value > 0 && float.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(ByteDivisor), value, "Bytes must be divided by a number above 0.");
    } = 255;

    /// <summary>What float features are divided by, above 0; null for nothing: they are taken as they are. Default: null.</summary>
    public float? FloatDivisor
    {
        get;
        init => field = value is null || (value > 0 && float.IsFinite(value.Value))
            ? value
            : throw new ArgumentOutOfRangeException(nameof(FloatDivisor), value, "Floats must be divided by a number above 0.");
    }

    /// <summary>
    /// From what to what the values of the training samples could go once they were divided, before they were standardised: for images from background, or black, to full ink, or white. Null
    /// where that is not known, and for samples whose values are of several kinds. A training fills it in.
    /// </summary>
    public ValueRange? Values { get; init; }

    /// <summary>
    /// Whether the training samples are images on a plain background, light on dark as in MNIST, in every class: a grey picture that is dark on light is then inverted. False
    /// where they are images of another kind; null where nobody has looked, and for samples that are no images. A training fills it in.
    /// </summary>
    public bool? InkOnPaper { get; init; }

    /// <summary>
    /// Whether most training samples have the form of MNIST's digits (<see cref="MnistForm"/>): a picture is then to be read as a drawing, whose ink is found and brought into that form. Of other
    /// images it is only brought to the size. Null where nobody has looked. A training fills it in.
    /// </summary>
    public bool? HasMnistForm { get; init; }

    /// <summary>What shifts and scales all features after that, or null for nothing.</summary>
    public Standardization? Standardization { get; init; }

    /// <summary>
    /// The preprocessing for the samples of a data set: with the divisors that suit their values (<see cref="ValueScale"/>). Where it has divisors of its own already, other than 255, these
    /// stay.
    /// </summary>
    /// <param name="train">Samples to learn from.</param>
    /// <param name="divisor">What they are to be divided by whatever this or the rule says, above 0; null for that.</param>
    public Preprocessing For(DataSet train, float? divisor = null)
    {
        if (divisor is null && (ByteDivisor != byte.MaxValue || FloatDivisor is not null))
        {
            return this;
        }
        float scale = ValueScale.Of(train.Features, divisor).Divisor;
        if (divisor is null && scale == (train.Features.AreBytes ? byte.MaxValue : 1))
        {
            return this;
        }
        // Floats that come later are as those that it was trained on, or else in the network's own units.
        return this with { ByteDivisor = scale, FloatDivisor = train.Features.AreBytes && scale is byte.MaxValue or 1 ? null : scale };
    }

    /// <summary>What values samples have, and what they are divided by before a network sees them.</summary>
    /// <param name="features">The samples.</param>
    public ValueScale ScaleOf(Features features) => ValueScale.Of(features, features.AreBytes ? ByteDivisor : FloatDivisor ?? 1);

    /// <summary>
    /// Writes levels of a picture, 0 for black or background to 255 for white or full ink, as floats in the units of the network's training samples, such as <see cref="Network.Predict(ReadOnlySpan{float})"/>
    /// takes: a picture then comes in as it would have in training, whether the training samples were bytes, floats of 0 to 1 or of −1 to 1, or whole numbers up to 16.
    /// </summary>
    /// <param name="levels">The picture.</param>
    /// <param name="destination">Receives as many numbers.</param>
    /// <exception cref="ArgumentException">There is less room than levels.</exception>
    public void FromLevels(ReadOnlySpan<byte> levels, Span<float> destination)
    {
        if (destination.Length < levels.Length)
        {
            throw new ArgumentException($"There is room for {destination.Length} numbers, expected {levels.Length}, one for each level.", nameof(destination));
        }
        destination = destination[..levels.Length];
        (float low, float high) = (Values?.Low ?? 0, Values?.High ?? byte.MaxValue / ByteDivisor);
        float divisor = FloatDivisor ?? 1;
        // Levels of a model of bytes get the very bits that bytes do.
        ByteFeatures.Convert(levels, byte.MaxValue / ((high - low) * divisor), destination);
        if (low != 0)
        {
            foreach (ref float value in destination)
            {
                value += low * divisor;
            }
        }
    }

    /// <summary>
    /// The samples in the units of the network's training samples, where their values plainly differ from those: floats of 0 to 1 for a network of bytes as they are, bits or bytes for a network of −1 to 1.
    /// </summary>
    /// <param name="features">Samples to predict from.</param>
    /// <param name="divisor">Their value for full ink, or white, where that is known; null for the rule of <see cref="ValueScale"/>.</param>
    /// <returns>The samples, and what was done, in one line for people; null where nothing was.</returns>
    /// <exception cref="ArgumentException">They differ, and it is in doubt what is what.</exception>
    public (Features Features, string? Note) Match(Features features, float? divisor = null)
    {
        if (!ValueScale.AreLevels(features) || features.Count == 0 || (Values ?? (features.AreBytes ? new ValueRange(0, byte.MaxValue / ByteDivisor) : null)) is not { } range)
        {
            return (features, null);
        }
        ValueScale found = ValueScale.Of(features);
        float own = features.AreBytes ? ByteDivisor : FloatDivisor ?? 1;
        float least = found.Least / own, greatest = found.Greatest / own;
        bool fits = range.Low < 0
            ? found.Least < 0 && least >= 1.5f * range.Low && greatest <= 1.5f * Math.Max(range.High, -range.Low)
            : found.Least >= 0 && ValueScale.Fits(greatest, range.High);
        if (divisor is null ? fits : divisor / own == range.High && range.Low >= 0)
        {
            return (features, null);
        }
        // Values below 0 have their zero in the middle, or are standardised by nobody knows what.
        bool isCentred = found.Least < 0;
        if (isCentred && (range.Low < 0 || found.Least < -1 || found.Greatest > 1))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"the samples have values {ValueScale.Show(found.Least)} to {ValueScale.Show(found.Greatest)}, but the model takes {Show(range)}; scale them as those that it was trained on."));
        }
        float full = divisor ?? found.High;
        float zero = isCentred ? -1 : 0;
        int size = features.SampleShape.Size;
        float[] values = new float[checked(features.Count * size)];
        for (int row = 0; row < features.Count; row++)
        {
            features.CopyRow(row, byteDivisor: 1, values.AsSpan(row * size, size));
        }
        float unit = FloatDivisor ?? 1, scale = (full - zero) / (range.High - range.Low);
        foreach (ref float value in values.AsSpan())
        {
            value = (range.Low + (value - zero) / scale) * unit;
        }
        return (new FloatFeatures(values, features.SampleShape), string.Create(CultureInfo.InvariantCulture,
            $"the samples have values {ValueScale.Show(found.Least)} to {ValueScale.Show(found.Greatest)}: {ValueScale.Show(zero)} to {ValueScale.Show(full)} became {Show(range)}, which the model takes"));
    }

    /// <summary>With what training samples are like, where that is not known yet.</summary>
    internal Preprocessing Remembering(DataSet train)
    {
        bool isImage = train.Features.SampleShape.Count >= 2;
        return this with
        {
            Values = Values ?? (ValueScale.AreLevels(train.Features) ? ValueScale.Of(train.Features).RangeAfter(train.Features.AreBytes ? ByteDivisor : FloatDivisor ?? 1) : null),
            InkOnPaper = InkOnPaper ?? (isImage ? ImageBackgrounds.Of(train.Features, train.Targets as ClassLabels) == ImageBackground.Dark : null),
            HasMnistForm = HasMnistForm ?? (isImage ? MnistForm.Fits(train.Features) : null),
        };
    }

    /// <summary>As a model has it that was trained on bytes of MNIST's kind before that was remembered.</summary>
    internal Preprocessing OfDigits() => this with { Values = Values ?? new ValueRange(0, byte.MaxValue / ByteDivisor), InkOnPaper = InkOnPaper ?? true, HasMnistForm = HasMnistForm ?? true };

    /// <exception cref="ArgumentException">The figures of the standardisation do not go into a sample without remainder.</exception>
    internal void ThrowUnlessFits(Shape sample)
    {
        if (Standardization is Standardization figures && sample.Size % figures.Mean.Count != 0)
        {
            throw new ArgumentException($"{figures.Mean.Count} means and deviations do not go into samples of {sample} = {sample.Size} values.");
        }
    }

    /// <summary>Writes the values of sample <paramref name="row"/> from <paramref name="first"/> on, as many as there is room for, as the network sees them.</summary>
    internal void CopyPart(Features features, int row, int first, Span<float> destination)
    {
        CopyDivided(features, row, first, destination);
        Standardization?.Apply(destination, first);
    }

    /// <summary>The same before the values are standardised.</summary>
    internal void CopyDivided(Features features, int row, int first, Span<float> destination) =>
        features.CopyPart(row, first, ByteDivisor, FloatDivisor ?? 1, destination);

    /// <summary>Writes a sample of bytes as the network sees it.</summary>
    internal void Copy(ReadOnlySpan<byte> sample, Span<float> destination)
    {
        ByteFeatures.Convert(sample, ByteDivisor, destination);
        Standardization?.Apply(destination[..sample.Length]);
    }

    /// <summary>Writes a sample of floats as the network sees it.</summary>
    internal void Copy(ReadOnlySpan<float> sample, Span<float> destination)
    {
        FloatFeatures.Convert(sample, FloatDivisor ?? 1, destination);
        Standardization?.Apply(destination[..sample.Length]);
    }

    private static string Show(ValueRange range) => $"{ValueScale.Show(range.Low)} to {ValueScale.Show(range.High)}";
}
