namespace Nabla;

/// <summary>The network that tells digits from other signs: trained by the recipe <c>digit-or-not</c>.</summary>
internal static class DigitDetector
{
    /// <summary>The class of digits; the other is of everything else.</summary>
    public const int DigitLabel = 1;

    private static readonly Lazy<Network?> Loaded = new(Load);

    public static Network? Network => Loaded.Value;

    private static Network? Load()
    {
        using Stream? file = typeof(DigitDetector).Assembly.GetManifestResourceStream("digit-or-not.safetensors");
        return file is null ? null : Nabla.Network.Load(file, "digit-or-not").FoldBatchNormalization();
    }
}
