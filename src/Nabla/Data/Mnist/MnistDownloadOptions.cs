namespace Nabla;

/// <summary>Where MNIST is downloaded from and to, and how long to wait.</summary>
public sealed record MnistDownloadOptions
{
    /// <summary>
    /// Environment variable that replaces the list of mirrors, for machines that reach the internet only through a
    /// mirror of their own: http or https addresses, separated by semicolons or spaces.
    /// </summary>
    public const string MirrorsVariable = "NABLA_MIRRORS";

    private const string MirrorsExpected = "expected http or https addresses of folders that hold train-images-idx3-ubyte.gz and the three other files";

    /// <summary>The mirrors that are asked where nothing else is said, in this order.</summary>
    public static IReadOnlyList<Uri> DefaultMirrors { get; } =
    [
        new("https://ossci-datasets.s3.amazonaws.com/mnist/"),
        new("https://storage.googleapis.com/cvdf-datasets/mnist/"),
        new("https://raw.githubusercontent.com/fgnt/mnist/master/"),
    ];

    /// <summary>
    /// Addresses of folders that hold the four .gz files, http or https, asked in this order. Default null: those of the
    /// environment variable NABLA_MIRRORS, or else <see cref="DefaultMirrors"/>. An empty list forbids downloading.
    /// </summary>
    public IReadOnlyList<Uri>? Mirrors { get; init; }

    /// <summary>How long to wait for a connection to a mirror. Default 10 s; above 0, at most an hour.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait without a byte coming in before a mirror is given up. Default 20 s; above 0, at most an hour.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Where the files are kept. Default null: <see cref="Mnist.CacheFolder"/>.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>Checks all properties and returns the mirrors to ask.</summary>
    internal IReadOnlyList<Uri> Check(Func<string, string?> environment)
    {
        CheckTimeout(ConnectTimeout, nameof(ConnectTimeout));
        CheckTimeout(StallTimeout, nameof(StallTimeout));
        if (Mirrors is not null)
        {
            return [.. Mirrors.Select(mirror => Folder(mirror.OriginalString, nameof(Mirrors)))];
        }
        string[] addresses = (environment(MirrorsVariable) ?? "").Split([';', ' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return addresses.Length == 0 ? DefaultMirrors : [.. addresses.Select(address => Folder(address, MirrorsVariable))];
    }

    private static void CheckTimeout(TimeSpan timeout, string property)
    {
        if (timeout <= TimeSpan.Zero || timeout > TimeSpan.FromHours(1))
        {
            throw new ArgumentException($"{property} is {timeout}, expected more than 0 and at most an hour.");
        }
    }

    /// <summary>The address with a slash at its end, so that a file's name can be put behind it.</summary>
    private static Uri Folder(string address, string property)
    {
        string folder = address.EndsWith('/') ? address : address + "/";
        return Uri.TryCreate(folder, UriKind.Absolute, out Uri? uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            ? uri
            : throw new ArgumentException($"{property} holds '{address}', {MirrorsExpected}.");
    }
}
