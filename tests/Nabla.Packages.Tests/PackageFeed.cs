using System.Runtime.InteropServices;
using Nabla.Tests;

namespace Nabla.Packages.Tests;

/// <summary>All packages, made once in a folder of their own, and fresh programs beside them that take them from there.</summary>
public sealed class PackageFeed : IDisposable
{
    /// <summary>The packages that programs refer to.</summary>
    public static readonly string[] Libraries = ["Nabla", "Nabla.Data", "Nabla.Digits", "Nabla.Imaging", "Nabla.Mpi", "Nabla.Onnx", "Nabla.TensorBoard"];

    /// <summary>The platforms for which the tool is packed here: this one, and one more.</summary>
    public static readonly string[] ToolPlatforms = [.. new[] { RuntimeInformation.RuntimeIdentifier, "win-x64" }.Distinct()];

    private readonly TemporaryFolder _folder = new();

    public PackageFeed()
    {
        if (DotNet.Skipped is not null)
        {
            return;
        }
        DotNet.UseFeed(_folder);
        File.WriteAllLines(_folder["All.slnx"],
        [
            "<Solution>",
            .. Libraries.Append("Nabla.Cli").Select(name => $"""  <Project Path="{DotNet.Repository}/src/{name}/{name}.csproj" />"""),
            "</Solution>",
        ]);
        // In the repository's folder, where global.json names the SDK.
        DotNet.Run(
            "dotnet", DotNet.Repository, "pack", _folder["All.slnx"], $"-p:ToolPackageRuntimeIdentifiers=\"{string.Join(';', ToolPlatforms)}\"", "-p:RunAnalyzers=false",
            "--artifacts-path", _folder["artifacts"], "-o", _folder["feed"], "-v", "q", "-nologo");
    }

    /// <summary>A package.</summary>
    public FileInfo this[string name, string ending = "nupkg"] => new(Path.Combine(_folder["feed"], $"{name}.0.1.0.{ending}"));

    /// <summary>The folder of everything; a file in it.</summary>
    public string Folder(string name = "") => Path.Combine(_folder.FullName, name);

    /// <summary>Runs the .NET command line in a subfolder.</summary>
    public string Run(string folder, params string[] arguments) => DotNet.Run("dotnet", Folder(folder), arguments);

    public void Dispose() => _folder.Dispose();
}

/// <summary>Tests of one feed, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class PackageTestsOfOneFeed : ICollectionFixture<PackageFeed>
{
    public const string Name = "packages";
}
