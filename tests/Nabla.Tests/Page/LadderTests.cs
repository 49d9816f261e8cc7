using System.Globalization;
using System.Text.Json.Nodes;

namespace Nabla.Tests.Page;

/// <summary>models/ladder/ladder.json and the table beside it say what the networks are.</summary>
public sealed class LadderTests
{
    private static readonly string Models = Path.Combine(DotNet.Repository, "models");

    private static readonly JsonArray Entries = JsonNode.Parse(File.ReadAllText(Path.Combine(Models, "ladder", "ladder.json")))!.AsArray();

    public static TheoryData<string> Names() => [.. Entries.Select(entry => (string)entry!["name"]!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_network_has_the_size_that_is_said(string name)
    {
        (JsonNode entry, string file) = Find(name);
        Network network = Network.Load(file);
        Assert.Equal((int)entry["parameters"]!, network.Parameters.Length);
        Assert.Equal((long)entry["bytes"]!, new FileInfo(file).Length);
        Assert.Equal("mnist", network.Training!.DataPath);
        Assert.False(network.Training.Cancelled);
        if (!ComesWithThePage(entry))
        {
            Assert.Contains(
                string.Create(CultureInfo.InvariantCulture, $"| `{name}` | {network.Parameters.Length:N0} | {new FileInfo(file).Length:N0} | {(int)entry["correct"]! / 100.0:0.00}% |\n"),
                File.ReadAllText(Path.Combine(Models, "ladder", "README.md")), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_network_recognises_as_many_test_images_as_is_said(string name)
    {
        string? mnist = Environment.GetEnvironmentVariable("NABLA_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(mnist), "NABLA_DATA is not set: needs the real MNIST files.");
        (JsonNode entry, string file) = Find(name);
        Assert.Equal((int)entry["correct"]!, Network.Load(file).Evaluate(Mnist.Load(mnist).Test).Correct);
    }

    [Fact]
    public void They_are_all_there_from_the_least_accuracy_to_the_best()
    {
        Assert.Equal(Directory.GetFiles(Path.Combine(Models, "ladder"), "*.safetensors").Select(Path.GetFileNameWithoutExtension).Order(), Entries.Where(entry => !ComesWithThePage(entry!)).Select(entry => (string?)entry!["name"]).Order());
        int[] correct = [.. Entries.Select(entry => (int)entry!["correct"]!)];
        Assert.Equal(correct.Order(), correct);
        Assert.True(ComesWithThePage(Entries[^1]!));
    }

    private static (JsonNode Entry, string File) Find(string name)
    {
        JsonNode entry = Entries.Single(entry => (string?)entry!["name"] == name)!;
        return (entry, Path.Combine([Models, .. ComesWithThePage(entry) ? (string[])[] : ["ladder"], $"{name}.safetensors"]));
    }

    private static bool ComesWithThePage(JsonNode entry) => (bool?)entry["comesWithThePage"] ?? false;
}
