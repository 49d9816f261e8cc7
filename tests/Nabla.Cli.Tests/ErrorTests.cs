using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>Whatever is wrong, the user gets one line that says what, and the shell the right exit code.</summary>
public sealed class ErrorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("train --epochs -3", "--epochs: found '-3', expected a whole number of at least 1")]
    [InlineData("train --epochs 0", "--epochs: found '0'")]
    [InlineData("train --epochs 2.5", "--epochs: found '2.5'")]
    [InlineData("train --epochs", "--epochs")]
    [InlineData("train --batch-size 99999999999", "--batch-size: found '99999999999'")]
    [InlineData("train --learning-rate abc", "--learning-rate: found 'abc', expected a number above 0")]
    [InlineData("train --learning-rate 0,01", "--learning-rate: found '0,01'")]
    [InlineData("train --learning-rate NaN", "--learning-rate: found 'NaN'")]
    [InlineData("train --hidden 12,x", "--hidden: found '12,x'")]
    [InlineData("train --optimizer rmsprop", "--optimizer: found 'rmsprop', expected adam, adamw, lion or sgd")]
    [InlineData("train --seed -1", "--seed: found '-1'")]
    [InlineData("train --threads 0", "--threads: found '0'")]
    [InlineData("train --nonsense", "'--nonsense' is not")]
    [InlineData("train dense extra", "'extra' is not")]
    [InlineData("nonsense", "'nonsense' is not")]
    [InlineData("evaluate --nonsense", "'--nonsense' is not")]
    [InlineData("predict model.safetensors", "no picture")]
    [InlineData("predict digits", "found the model digits and no picture")]
    [InlineData("predict", "picture")]
    [InlineData("data show --digit -1", "--digit: found '-1'")]
    public void Usage_errors_exit_with_2(string arguments, string expected)
    {
        (int code, string output, string error) = NablaProcess.Run(_folder, arguments.Split(' '));
        Assert.Equal(2, code);
        Assert.Equal("", output);
        TrainTests.AssertOneLine(error);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Contains("--help", error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.FullName));
    }

    [Theory]
    [InlineData("train --data nowhere", "nowhere")]
    [InlineData("train --data text.gz", "text.gz")]
    [InlineData("train --data folder", "train-images-idx3-ubyte")]
    [InlineData("train --data synthetic --out text.gz", "--out: text.gz is a file, expected a folder")]
    [InlineData("train --data synthetic --out text.gz/sub", "--out: text.gz/sub cannot be written")]
    [InlineData("evaluate nowhere.safetensors", "nowhere.safetensors: there is no such model")]
    [InlineData("evaluate text.gz", "text.gz")]
    [InlineData("evaluate folder", "model.safetensors: there is no such model")]
    [InlineData("predict text.gz", "text.gz")]
    [InlineData("data fetch", "could not be downloaded")]
    public void Failures_exit_with_1(string arguments, string expected)
    {
        File.WriteAllText(_folder["text.gz"], "This is not what its name says.");
        Directory.CreateDirectory(_folder["folder"]);
        (int code, _, string error) = NablaProcess.Run(_folder, arguments.Split(' '));
        Assert.Equal(1, code);
        TrainTests.AssertOneLine(error);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["runs/1/model.safetensors"]));
    }

    [Fact]
    public void A_text_file_named_gz_is_recognised_as_such()
    {
        string data = SmallDigits.Write(_folder["digits"], train: 20, test: 10);
        File.WriteAllText(Path.Combine(data, "train-images-idx3-ubyte.gz"), "This is not what its name says.");
        AssertRefused(data, "is named .gz but is not gzip");
    }

    [Fact]
    public void A_truncated_data_file_is_refused()
    {
        string data = SmallDigits.Write(_folder["digits"], train: 20, test: 10);
        string path = Path.Combine(data, "train-images-idx3-ubyte.gz");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..1000]);
        AssertRefused(data, "train-images-idx3-ubyte.gz");
    }

    [Fact]
    public void A_flipped_bit_in_a_data_file_is_refused()
    {
        string data = SmallDigits.Write(_folder["digits"], train: 20, test: 10);
        string path = Path.Combine(data, "train-images-idx3-ubyte.gz");
        byte[] bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 0x10;
        File.WriteAllBytes(path, bytes);
        AssertRefused(data, "train-images-idx3-ubyte.gz");
    }

    [Fact]
    public void Labels_that_disagree_with_the_images_are_refused()
    {
        string data = SmallDigits.Write(_folder["digits"], train: 20, test: 10);
        File.Copy(Path.Combine(data, "t10k-labels-idx1-ubyte.gz"), Path.Combine(data, "train-labels-idx1-ubyte.gz"), overwrite: true);
        AssertRefused(data, "has 10 labels, expected 20");
    }

    [Fact]
    public void A_run_that_is_there_already_is_not_overwritten()
    {
        Directory.CreateDirectory(_folder["old"]);
        File.WriteAllText(_folder["old/model.safetensors"], "precious");
        (int code, _, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", "synthetic", "--out", "old");
        Assert.Equal(1, code);
        TrainTests.AssertOneLine(error);
        Assert.Contains("already holds model.safetensors", error, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(_folder["old/model.safetensors"]));
    }

    private void AssertRefused(string data, string expected)
    {
        (int code, _, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", data, "--out", "run");
        Assert.Equal(1, code);
        TrainTests.AssertOneLine(error);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["run"]));
    }
}
