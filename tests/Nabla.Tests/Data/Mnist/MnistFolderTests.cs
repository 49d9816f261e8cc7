namespace Nabla.Tests.Data;

/// <summary>Finding and checking the files, with small ones in the place of MNIST.</summary>
public sealed class MnistFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment = [];
    private readonly MnistStore _store;

    public MnistFolderTests()
    {
        _environment["XDG_CACHE_HOME"] = _folder["caches"];
        _environment["NABLA_MIRRORS"] = "http://127.0.0.1:1/";
        _store = new MnistStore(SmallMnist.Files, name => _environment.GetValueOrDefault(name));
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reads_a_folder_of_plain_or_compressed_files(bool compressed)
    {
        SmallMnist.WriteTo(_folder.FullName, compressed);
        TrainAndTest data = Load(_folder.FullName);
        Assert.Equal(200, data.Train.Count);
        Assert.Equal(30, data.Test.Count);
        Assert.Equal([28, 28], data.Train.Features.SampleShape);
        Assert.Equal($"MNIST from {_folder.FullName}, verified", data.Source);
    }

    [Fact]
    public void Reads_files_spelled_with_a_dot()
    {
        SmallMnist.WriteTo(_folder.FullName, compressed: true);
        foreach (string name in SmallMnist.CompressedNames)
        {
            File.Move(_folder[name], _folder[name.Replace("-idx", ".idx", StringComparison.Ordinal)]);
        }
        Assert.Equal(200, Load(_folder.FullName).Train.Count);
    }

    [Fact]
    public void Looks_at_the_folder_named_then_at_NABLA_DATA_then_at_the_cache()
    {
        string cache = _store.CacheFolder()!;
        SmallMnist.WriteTo(cache, compressed: true);
        Assert.Equal($"MNIST from {cache}, verified", Load(null).Source);
        SmallMnist.WriteTo(_folder["environment"], compressed: true);
        _environment["NABLA_DATA"] = _folder["environment"];
        Assert.Equal($"MNIST from {_folder["environment"]}, verified", Load(null).Source);
        SmallMnist.WriteTo(_folder["named"], compressed: true);
        Assert.Equal($"MNIST from {_folder["named"]}, verified", Load(_folder["named"]).Source);
    }

    [Fact]
    public void Never_goes_on_to_the_next_place_when_a_folder_was_named()
    {
        SmallMnist.WriteTo(_store.CacheFolder()!, compressed: true);
        _environment["NABLA_DATA"] = _folder["none"];
        Assert.Equal(
            $"NABLA_DATA={_folder["none"]}: there is no such folder; expected one with train-images-idx3-ubyte and the three other files, plain or .gz.",
            Assert.Throws<DirectoryNotFoundException>(() => Load(null)).Message);

        SmallMnist.WriteTo(_folder["some"], compressed: true);
        File.Delete(Path.Combine(_folder["some"], "t10k-labels-idx1-ubyte.gz"));
        string missing = "t10k-labels-idx1-ubyte is missing, plain or .gz; the folder must hold "
            + "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte.";
        Assert.Equal($"{_folder["some"]}: {missing}", Assert.Throws<FileNotFoundException>(() => Load(_folder["some"])).Message);
        _environment["NABLA_DATA"] = _folder["some"];
        Assert.Equal($"NABLA_DATA={_folder["some"]}: {missing}", Assert.Throws<FileNotFoundException>(() => Load(null)).Message);
    }

    [Theory]
    [InlineData(0, 16)]
    [InlineData(1, 8)]
    [InlineData(2, 16)]
    [InlineData(3, 8)]
    public void Refuses_a_readable_file_of_other_contents(int file, int position)
    {
        SmallMnist.WriteTo(_folder.FullName, compressed: false);
        byte[] bytes = [.. SmallMnist.Raw(file)];
        bytes[position] ^= 1;
        string path = _folder[SmallMnist.Files[file].Name];
        File.WriteAllBytes(path, bytes);

        MalformedFileException error = Assert.Throws<MalformedFileException>(() => Load(_folder.FullName));
        Assert.StartsWith($"{path}: SHA-256 ", error.Message, StringComparison.Ordinal);
        Assert.Contains($"expected {SmallMnist.Files[file].Sha256[..12]}… of the official MNIST; `nabla data fetch`", error.Message, StringComparison.Ordinal);
        Assert.Contains("`--data PATH`", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_own_data_is_read_without_the_hashes_and_says_so()
    {
        SmallMnist.WriteTo(_folder.FullName, compressed: true);
        Assert.Equal($"IDX files from {_folder.FullName}, not the official MNIST", IdxFolder.Load(_folder.FullName).Source);
        Assert.Throws<MalformedFileException>(() => IdxFolder.Load(_folder.FullName, classCount: 5));
    }

    [Fact]
    public void Test_images_must_have_the_shape_of_the_training_images()
    {
        SmallMnist.WriteTo(_folder.FullName, compressed: false);
        string path = _folder["t10k-images-idx3-ubyte"];
        File.WriteAllBytes(path, IdxBytes.Images(30, 14, 28, new byte[30 * 14 * 28]));
        MalformedFileException error = Assert.Throws<MalformedFileException>(() => IdxFolder.Load(_folder.FullName));
        Assert.Equal($"{path}, byte 8: has images of 14×28, expected 28×28 as in {_folder["train-images-idx3-ubyte"]}.", error.Message);
    }

    [Fact]
    public void Status_tells_every_file_of_every_place_and_throws_nothing()
    {
        _environment["NABLA_DATA"] = _folder["environment"];
        SmallMnist.WriteTo(_folder["environment"], compressed: true);
        SmallMnist.WriteTo(_folder["named"], compressed: false);
        File.Delete(Path.Combine(_folder["named"], "train-labels-idx1-ubyte"));
        File.AppendAllText(Path.Combine(_folder["named"], "t10k-images-idx3-ubyte"), "x");
        string unreadable = Path.Combine(_folder["named"], "t10k-labels-idx1-ubyte");
        File.Move(unreadable, unreadable + ".gz");

        IReadOnlyList<MnistFolderStatus> places = _store.Status(_folder["named"], null);

        Assert.Equal(["folder", "NABLA_DATA", "cache"], places.Select(p => p.Place));
        Assert.Equal([_folder["named"], _folder["environment"], _store.CacheFolder()], places.Select(p => p.Folder));
        Assert.Equal([true, true, false], places.Select(p => p.Exists));
        Assert.Equal([false, true, false], places.Select(p => p.IsVerified));
        Assert.Equal(
            [MnistFileState.Verified, MnistFileState.Missing, MnistFileState.Different, MnistFileState.Unreadable],
            places[0].Files.Select(f => f.State));
        Assert.Equal([SmallMnist.Raw(0).Length, 0, SmallMnist.Raw(2).Length + 1, SmallMnist.Raw(3).Length], places[0].Files.Select(f => f.Length));
        Assert.All(places[2].Files, f => Assert.Equal(MnistFileState.Missing, f.State));
        Assert.Contains("is not gzip", places[0].Files[3].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_cache_follows_the_custom_of_the_system()
    {
        if (OperatingSystem.IsWindows() || OperatingSystem.IsMacOS())
        {
            Assert.EndsWith(Path.Combine("nabla", "mnist"), _store.CacheFolder(), StringComparison.Ordinal);
            return;
        }
        Assert.Equal(Path.Combine(_folder["caches"], "nabla", "mnist"), _store.CacheFolder());
        _environment["XDG_CACHE_HOME"] = "relative";
        Assert.EndsWith("/.cache/nabla/mnist", _store.CacheFolder(), StringComparison.Ordinal);
    }

    private TrainAndTest Load(string? folder) => _store.Load(folder, null, null, TestContext.Current.CancellationToken);
}
