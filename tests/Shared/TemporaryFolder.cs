namespace Nabla.Tests;

/// <summary>A folder of a test's own that goes away with the test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string FullName { get; } = Directory.CreateTempSubdirectory("nabla-test-").FullName;

    public string this[string name] => Path.Combine(FullName, name);

    /// <summary>Names of the files in it, sorted.</summary>
    public string[] FileNames => [.. Directory.GetFiles(FullName).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(FullName, recursive: true);
}
