using System.IO.Compression;
using static Nabla.Tests.Data.NpyBytes;

namespace Nabla.Tests.Data;

public sealed class ArrayLayoutTests : IDisposable
{
    private static readonly byte[] Images = Npy("|u1", "(2, 2, 3)", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 200), Labels = Npy("|u1", "(2,)", 1, 0);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("images", "labels")]
    [InlineData("X", "y")]
    [InlineData("data", "target")]
    [InlineData("X_train", "y_train")]
    [InlineData("train_images", "train_labels")]
    [InlineData("trainX", "trainY")]
    [InlineData("xtrain", "ytrain")]
    [InlineData("Images", "Label")]
    [InlineData("training-data", "training-targets")]
    [InlineData("foo", "bar")]
    [InlineData("foo", "y")]
    [InlineData("x", "bar")]
    public void Finds_samples_and_labels(string x, string y)
    {
        Write((x, Images), (y, Labels));
        DataParts parts = DataFiles.Load(_folder["a.npz"]);
        Assert.Equal([2, 3], parts.Train.Features.SampleShape);
        Assert.Equal([1, 0], ((ClassLabels)parts.Train.Targets).Values);
        string how = x == "foo" || y == "bar" ? "by their shapes" : "by their names";
        Assert.Equal([$"{how}: samples '{x}', labels '{y}'"], parts.Notes);
    }

    [Theory]
    [InlineData("x_train", "y_train", "x_val", "y_val", "x_test", "y_test")]
    [InlineData("X_train", "Y_train", "X_valid", "Y_valid", "X_test", "Y_test")]
    [InlineData("train_images", "train_labels", "val_images", "val_labels", "test_images", "test_labels")]
    [InlineData("pics_train", "cls_train", "pics_dev", "cls_dev", "pics_test", "cls_test")]
    public void All_parts_are_used(params string[] names)
    {
        Write([.. names.Select((name, i) => (name, i % 2 == 0 ? Images : Labels)), ("more", Labels)]);
        DataFileOptions options = names[0].StartsWith("pics", StringComparison.Ordinal) ? new() { FeaturesArray = "pics_train", LabelsArray = "cls_train" } : new();
        DataParts parts = DataFiles.Load(_folder["a.npz"], options);
        Assert.Equal((2, 2, 2), (parts.Train.Count, parts.Validation!.Count, parts.Test!.Count));
        Assert.Equal("left out: more", parts.Notes[^1]);
    }

    [Fact]
    public void Names_that_are_given_count_and_what_is_in_doubt_is_refused()
    {
        Write(("a", Images), ("b", Images), ("c", Labels));
        Assert.Equal($"{_folder["a.npz"]}: found several that could be samples and labels among its arrays a |u1 (2, 2, 3), b |u1 (2, 2, 3), c |u1 (2); name them with --features NAME and --labels NAME, "
            + "or call them x_train, y_train, x_test, y_test and perhaps x_val, y_val.", Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a.npz"])).Message);
        DataParts parts = DataFiles.Load(_folder["a.npz"], new() { FeaturesArray = "b", LabelsArray = "c" });
        Assert.Equal(["left out: a"], parts.Notes);
        Assert.Equal($"--labels: found 'd', but {_folder["a.npz"]} has its arrays a |u1 (2, 2, 3), b |u1 (2, 2, 3), c |u1 (2).",
            Assert.Throws<ArgumentException>(() => DataFiles.Load(_folder["a.npz"], new() { LabelsArray = "d" })).Message);
        // The most usual name is meant, and the other is said.
        Write(("data", Images), ("images", Images), ("target", Labels));
        Assert.Equal(["by their names: samples 'images', labels 'target'", "left out: data"], DataFiles.Load(_folder["a.npz"]).Notes);
        Write(("X_train", Images), ("x-train", Images), ("y_train", Labels));
        Assert.Contains("which could both be samples", Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a.npz"])).Message, StringComparison.Ordinal);
        Write(("x_test", Images), ("y_test", Labels));
        Assert.Contains("found no training part", Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a.npz"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Channels_first_come_last_and_images_are_turned_on_demand()
    {
        byte[] values = [.. Enumerable.Range(0, 75).Select(i => (byte)i)];
        Write(("x", Npy("|u1", "(1, 3, 5, 5)", values)), ("y", Npy("|u1", "(1,)", 1)));
        DataParts parts = DataFiles.Load(_folder["a.npz"]);
        Assert.Equal([5, 5, 3], parts.Train.Features.SampleShape);
        Assert.Equal([0, 25, 50, 1, 26, 51], ((ByteFeatures)parts.Train.Features).Values[..6].ToArray());
        Assert.Contains("samples of 3×5×5: channels first, made 5×5×3", parts.Notes);
        Assert.Equal([0, 25, 50, 5, 30, 55], ((ByteFeatures)DataFiles.Load(_folder["a.npz"], new() { Transpose = true }).Train.Features).Values[..6].ToArray());
        Write(("x", Npy("|u1", "(1, 5, 5, 3)", values)), ("y", Npy("|u1", "(1,)", 1)));
        Assert.Equal([0, 1, 2], ((ByteFeatures)DataFiles.Load(_folder["a.npz"]).Train.Features).Values[..3].ToArray());
    }

    [Fact]
    public void Ink_on_paper_is_turned_round_in_all_parts_alike()
    {
        byte[] dark = [.. Enumerable.Range(0, 36).Select(i => i is 14 or 15 or 20 ? (byte)250 : (byte)3)], light = [.. dark.Select(value => (byte)(255 - value))];
        Write(("x_train", Npy("|u1", "(2, 6, 6)", [.. light, .. light])), ("y_train", Labels), ("x_test", Npy("|u1", "(1, 6, 6)", dark)), ("y_test", Npy("|u1", "(1,)", 1)));
        DataParts parts = DataFiles.Load(_folder["a.npz"]);
        Assert.Equal(["images dark on light: inverted, as MNIST is (--invert no leaves them)"], parts.Notes);
        Assert.Equal(dark, ((ByteFeatures)parts.Train.Features)[0].ToArray());
        Assert.Equal(light, ((ByteFeatures)parts.Test!.Features)[0].ToArray());
        Assert.Equal(light, ((ByteFeatures)DataFiles.Load(_folder["a.npz"], new() { Invert = false }).Train.Features)[0].ToArray());
        // A class that is bright at its rim.
        Write(("x_train", Npy("|u1", "(2, 6, 6)", [.. light, .. dark])), ("y_train", Labels));
        Assert.Equal(light, ((ByteFeatures)DataFiles.Load(_folder["a.npz"]).Train.Features)[0].ToArray());
        Assert.Equal(dark, ((ByteFeatures)DataFiles.Load(_folder["a.npz"], new() { Invert = true }).Train.Features)[0].ToArray());
    }

    [Fact]
    public void CIFARs_batches_are_images_of_three_channels()
    {
        WriteBatch("data_batch_1", "labels", 3, 1, 0);
        DataParts batch = DataFiles.Load(_folder["data_batch_1"]);
        Assert.Equal([32, 32, 3], batch.Train.Features.SampleShape);
        // Red is all 0, green 1, blue 2 in the file.
        Assert.Equal([0, 1, 2, 0, 1, 2], ((ByteFeatures)batch.Train.Features).Values[..6].ToArray());
        Assert.Equal(["by their names: samples 'data', labels 'labels'", "samples of 3×32×32: channels first, made 32×32×3"], batch.Notes);

        WriteBatch("data_batch_2", "labels", 9, 2);
        WriteBatch("test_batch", "labels", 7);
        File.WriteAllBytes(_folder["batches.meta"], [.. "}q\0"u8, .. "U\u000blabel_names]q\u0001("u8, .. Enumerable.Range(0, 10).SelectMany(i => (byte[])[(byte)'U', 2, (byte)'n', (byte)('0' + i)]), .. "es."u8]);
        DataParts all = DataFiles.Load(_folder.FullName);
        Assert.Equal((5, 1), (all.Train.Count, all.Test!.Count));
        Assert.Equal($"CIFAR-10 from {_folder.FullName}", all.Source);
        Assert.Equal("n9", ((ClassLabels)all.Train.Targets).NameOf(9));
        Assert.Equal([3, 1, 0, 9, 2], ((ClassLabels)all.Train.Targets).Values);
        Assert.Contains("not there: data_batch_3, data_batch_4, data_batch_5", all.Notes);
    }

    [Fact]
    public void The_cases_that_people_have_are_read()
    {
        string cases = Cases.Require();
        DataParts keys = DataFiles.Load(Path.Combine(cases, "keys.npz"));
        Assert.Equal((100, 10), (keys.Train.Count, keys.Train.Targets.Width));
        Assert.Equal([28, 28], keys.Train.Features.SampleShape);
        DataParts cifar = DataFiles.Load(Path.Combine(cases, "cifar-like-batch"));
        Assert.Equal([32, 32, 3], cifar.Train.Features.SampleShape);
        Assert.Equal(60, cifar.Train.Count);
    }

    /// <summary>A pickle of protocol 2 by hand, with an array whose three planes are 0, 1 and 2.</summary>
    private void WriteBatch(string name, string labels, params byte[] classes)
    {
        int length = classes.Length * 3072;
        byte[] pixels = [.. Enumerable.Range(0, length).Select(i => (byte)(i % 3072 / 1024))];
        File.WriteAllBytes(_folder[name],
        [
            0x80, 2, .. "}("u8,
            .. Text("data"), .. Reconstruct(),
            .. "(K\u0001"u8, .. "J"u8, .. BitConverter.GetBytes(classes.Length), .. "J"u8, .. BitConverter.GetBytes(3072), 0x86,
            .. Type(), 0x89, (byte)'T', .. BitConverter.GetBytes(length), .. pixels, .. "tb"u8,
            .. Text(labels), .. "]("u8, .. classes.SelectMany(label => (byte[])[(byte)'K', label]), .. "e"u8,
            .. Text("filenames"), .. "]("u8, .. classes.SelectMany(_ => Text("x.png")), .. "e"u8,
            .. "u."u8,
        ]);

        static byte[] Text(string text) => [(byte)'U', (byte)text.Length, .. text.Select(character => (byte)character)];
        static byte[] Reconstruct() => [.. "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK"u8, 0, 0x85, .. Text("b"), .. "tR"u8];
        static byte[] Type() => [.. "cnumpy\ndtype\n("u8, .. Text("u1"), (byte)'K', 0, (byte)'K', 1, .. "tR(K"u8, 3, .. Text("|"), .. "NNNJ"u8, 0xff, 0xff, 0xff, 0xff, (byte)'J', 0xff, 0xff, 0xff, 0xff, (byte)'K', 0, .. "tb"u8];
    }

    private void Write(params (string Name, byte[] Contents)[] entries) =>
        File.WriteAllBytes(_folder["a.npz"], Zip(CompressionLevel.Optimal, [.. entries.Select(entry => (entry.Name + ".npy", entry.Contents))]));
}
