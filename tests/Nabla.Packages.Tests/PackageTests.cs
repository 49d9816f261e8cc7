using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using Nabla.Tests;

namespace Nabla.Packages.Tests;

/// <summary>The packages as they are delivered: what is in them, and a fresh program that uses them all.</summary>
[Collection(PackageTestsOfOneFeed.Name)]
public sealed class PackageTests(PackageFeed feed)
{
    /// <summary>Names, and the most bytes: a few tens of percent above what they have.</summary>
    public static TheoryData<string, long> Sizes() => new()
    {
        { "Nabla", 700_000 },
        { "Nabla.Data", 200_000 },
        { "Nabla.Digits", 2_000_000 },
        { "Nabla.Imaging", 600_000 },
        { "Nabla.Mpi", 60_000 },
        { "Nabla.Onnx", 200_000 },
        { "Nabla.TensorBoard", 50_000 },
    };

    [Fact]
    public void Every_package_that_there_is_is_tested()
    {
        string[] packable =
        [
            .. Directory.GetFiles(Path.Combine(DotNet.Repository, "src"), "*.csproj", SearchOption.AllDirectories)
                .Where(path => File.ReadAllText(path).Contains("<IsPackable>true</IsPackable>", StringComparison.Ordinal))
                .Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal),
        ];
        Assert.Equal(packable, PackageFeed.Libraries.Append("Nabla.Cli").Order(StringComparer.Ordinal));
        Assert.Equal(PackageFeed.Libraries, Sizes().Select(row => row.Data.Item1));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_package_has_what_a_package_should_have(string name, long mostBytes)
    {
        Assert.SkipWhen(DotNet.Skipped is not null, DotNet.Skipped ?? "");
        Assert.InRange(feed[name].Length, 1, mostBytes);
        using ZipArchive package = ZipFile.OpenRead(feed[name].FullName), symbols = ZipFile.OpenRead(feed[name, "snupkg"].FullName);
        string[] files = [.. package.Entries.Select(entry => entry.FullName)];
        Assert.Superset(new HashSet<string> { "README.md", "icon.png", $"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml" }, files.ToHashSet());
        // Nothing native, and no library of somebody else.
        Assert.Equal([$"{name}.dll"], package.Entries.Select(entry => entry.Name).Where(file => Path.GetExtension(file) is ".dll" or ".so" or ".dylib"));

        XElement metadata = XDocument.Load(package.GetEntry($"{name}.nuspec")!.Open()).Root!.Elements().Single();
        string Of(string element) => metadata.Elements().Single(child => child.Name.LocalName == element).Value;
        Assert.Equal((name, "0.1.0", "MIT", "README.md", "icon.png"), (Of("id"), Of("version"), Of("license"), Of("readme"), Of("icon")));
        Assert.True(Of("description").Length > 40);
        string[] dependencies = [.. metadata.Descendants().Where(element => element.Name.LocalName == "dependency").Select(element => element.Attribute("id")!.Value)];
        Assert.Equal(name != "Nabla", dependencies.Contains("Nabla"));
        Assert.All(name == "Nabla" ? dependencies : [], dependency => Assert.Fail($"Nabla depends on {dependency}."));

        using MemoryStream library = Read(package, $"lib/net10.0/{name}.dll"), debugging = Read(symbols, $"lib/net10.0/{name}.pdb");
        using PEReader executable = new(library);
        Assert.Contains(executable.ReadDebugDirectory(), entry => entry.Type == DebugDirectoryEntryType.Reproducible);
        using MetadataReaderProvider provider = MetadataReaderProvider.FromPortablePdbStream(debugging);
        MetadataReader reader = provider.GetMetadataReader();
        string[] sources = [.. reader.Documents.Select(document => reader.GetString(reader.GetDocument(document).Name))];
        Assert.NotEmpty(sources);
        Assert.DoesNotContain(sources, source => source.StartsWith(DotNet.Repository, StringComparison.Ordinal));
    }

    [Fact]
    public void A_fresh_program_uses_all_of_them()
    {
        Assert.SkipWhen(DotNet.Skipped is not null, DotNet.Skipped ?? "");
        Directory.CreateDirectory(feed.Folder("program"));
        File.WriteAllText(feed.Folder("program/Program.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
              </PropertyGroup>
              <ItemGroup>
                {string.Join("\n    ", PackageFeed.Libraries.Select(name => $"<PackageReference Include=\"{name}\" Version=\"0.1.0\" />"))}
              </ItemGroup>
            </Project>
            """);
        File.WriteAllText(feed.Folder("program/Program.cs"), """
            using Nabla;

            DataSet digits = SyntheticDigits.Generate(300, seed: 1);
            Network network = Network.Create([28, 28], Layer.Dense(32, Activation.ReLU), Layer.Dense(10));
            Trainer trainer = new(network, Loss.SoftmaxCrossEntropy, new Adam());
            trainer.Callbacks.Add(new TensorBoardLog("log"));
            trainer.Fit(digits, new TrainingOptions { Epochs = 3, BatchSize = 32, Seed = 1 });
            Console.WriteLine($"trained {network.Evaluate(digits).Accuracy > 0.5}, logged {Directory.GetFiles("log").Length}");

            ByteFeatures images = (ByteFeatures)digits.Features;
            int label = ((ClassLabels)digits.Targets).Values[0];
            Console.WriteLine($"read {Digits.Load().Predict(images[0]).Label == label}");

            File.WriteAllText("iris.csv", "length,width,kind\n5.1,3.5,setosa\n7.0,3.2,versicolor\n4.9,3.0,setosa\n");
            Console.WriteLine($"table {DataFiles.Load("iris.csv").Train.Features.SampleShape}");

            PictureFile.WritePng("digit.png", images[0], 28, 28);
            Console.WriteLine($"picture {PictureFile.Read("digit.png").Width}");

            network.ExportOnnx("network.onnx");
            Console.WriteLine($"onnx {Network.ImportOnnx("network.onnx").Predict(images[0]) == network.Predict(images[0])}");
            """);
        feed.Run("program", "build", "-o", "out", "-v", "q", "-nologo");
        string[] lines = feed.Run("program", "out/Program.dll").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(["trained True, logged 1", "read True", "table 2", "picture 28", "onnx True"], lines);
    }

    private static MemoryStream Read(ZipArchive archive, string name)
    {
        using Stream entry = archive.GetEntry(name)!.Open();
        MemoryStream copy = new();
        entry.CopyTo(copy);
        copy.Position = 0;
        return copy;
    }
}
