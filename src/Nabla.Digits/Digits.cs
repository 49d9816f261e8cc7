namespace Nabla;

/// <summary>
/// Networks that read handwritten digits, trained already: <c>Digits.Load().Predict(pixels)</c>. How they were trained, how good they are and where they fail, their
/// model cards say, in the folder <c>models</c> of the project.
/// </summary>
public static class Digits
{
    private const string Ending = ".safetensors";

    /// <summary>Their names: <c>digits</c>, which <see cref="Load()"/> gives, and <c>digits-small</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["digits", "digits-small"];

    /// <summary>
    /// The best single network. It takes 28×28 grey levels, 0 for paper to 255 for full ink, a digit as MNIST has them: fitted into 20×20 pixels, its centre of mass in the middle.
    /// </summary>
    /// <returns>A network of your own, its batch normalisation folded into the layers before: for predicting. For one to train further, <see cref="Open"/>.</returns>
    public static Network Load() => Load(Names[0]);

    /// <summary>A network of less than 100 KB, which is faster and somewhat less good. It takes what <see cref="Load()"/>'s takes.</summary>
    /// <returns>A network of your own, for predicting.</returns>
    public static Network LoadSmall() => Load(Names[1]);

    /// <summary>The file of a network, as its training saved it.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    /// <exception cref="NotSupportedException">This program was built without it: with the runtime option Nabla.Digits.LargeNetwork set to false.</exception>
    public static Stream Open(string name) => typeof(Digits).Assembly.GetManifestResourceStream($"{name}{Ending}")
        ?? throw (Names.Contains(name) ? new NotSupportedException(
            $"This program was built without the network '{name}' (Nabla.Digits.LargeNetwork is false in its project); load '{Names[1]}', or build it with both.") : new ArgumentException($"There is no network '{name}', expected {string.Join(" or ", Names)}.", nameof(name)));

    internal static Network Load(string name)
    {
        using Stream file = Open(name);
        return Network.Load(file, name).FoldBatchNormalization();
    }
}
