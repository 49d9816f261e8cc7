namespace Nabla.Tests.Page;

/// <summary>
/// The digits on which the page breaks networks: of MNIST's test images the first ten of each class, none picked. They are IDX files under names that every web server knows to be bytes. This writes them anew:
/// NABLA_UPDATE_DIGITS=1 NABLA_DATA=… tests/Nabla.Tests/bin/Debug/net10.0/Nabla.Tests -class "*HundredDigitsTests"
/// </summary>
public sealed class HundredDigitsTests
{
    private const int EachClass = 10;

    private static readonly string Folder = Path.Combine(DotNet.Repository, "src", "Nabla.Page", "wwwroot", "digits");

    [Fact]
    public void They_are_the_first_ten_of_each_class_in_the_order_of_the_test_images()
    {
        string? mnist = Environment.GetEnvironmentVariable("NABLA_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(mnist), "NABLA_DATA is not set: needs the real MNIST files.");
        DataSet test = Mnist.Load(mnist).Test;
        int[] labels = ((ClassLabels)test.Targets).Values.ToArray();
        int[] rows = [.. Enumerable.Range(0, 10).SelectMany(label => Enumerable.Range(0, labels.Length).Where(row => labels[row] == label).Take(EachClass))];
        using TemporaryFolder folder = new();
        Idx.WriteImages(folder["images"], new ByteFeatures([.. rows.SelectMany(row => ((ByteFeatures)test.Features)[row].ToArray())], [28, 28]));
        Idx.WriteLabels(folder["labels"], new ClassLabels([.. rows.Select(row => labels[row])], 10));
        foreach (string name in new[] { "images", "labels" })
        {
            string file = Path.Combine(Folder, $"{name}.bin");
            if (Environment.GetEnvironmentVariable("NABLA_UPDATE_DIGITS") is "1")
            {
                Directory.CreateDirectory(Folder);
                File.Copy(folder[name], file, overwrite: true);
            }
            Assert.Equal(File.ReadAllBytes(folder[name]), File.ReadAllBytes(file));
        }
    }

    [Fact]
    public void A_row_of_ten_by_ten_is_a_class()
    {
        DataSet digits = Idx.ReadPair(Path.Combine(Folder, "images.bin"), Path.Combine(Folder, "labels.bin"));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => i / EachClass), ((ClassLabels)digits.Targets).Values.ToArray());
        Assert.Equal([28, 28], digits.Features.SampleShape);
    }
}
