using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class ExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_shipped_model_goes_to_ONNX_and_back_and_still_reads_digits()
    {
        string output = Good("export", "digits-small", "--out", "d.onnx", "--input", "bytes", "--probabilities");
        Assert.Contains("Saved d.onnx  (", output, StringComparison.Ordinal);
        Assert.Contains("It takes 'input', bytes [batch, 28, 28]; it gives 'probabilities' [batch, 10].", output, StringComparison.Ordinal);
        output = Good("import", "d.onnx", "--out", "back.safetensors");
        Assert.Contains("Saved back.safetensors", output, StringComparison.Ordinal);
        DataSet digits = SyntheticDigits.Generate(200, seed: 9);
        Network back = Network.Load(_folder["back.safetensors"]);
        using Stream shipped = Digits.Open("digits-small");
        Assert.Equal(Network.Load(shipped).Predict(digits.Features).Select(prediction => prediction.Label), back.Predict(digits.Features).Select(prediction => prediction.Label));
        Assert.StartsWith("MNIST", back.Training?.Data, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_is_exported_beside_its_model_and_weights_come_back_into_its_recipe()
    {
        Good("train", "dense", "--data", "synthetic", "--epochs", "1", "--out", "run");
        Good("export", "run", "--to", "onnx");
        Good("export", "run", "--to", "npz");
        Assert.True(File.Exists(_folder["run/model.onnx"]));
        string output = Good("import", "run/model.npz", "--architecture", "dense", "--out", "w.safetensors");
        Assert.Contains("Dense 784 → 128, ReLU", output, StringComparison.Ordinal);
        Assert.True(Network.Load(_folder["run/model.safetensors"]).Parameters.SequenceEqual(Network.Load(_folder["w.safetensors"]).Parameters));

        File.WriteAllText(_folder["names.json"], """{ "dense1": "fc1" }""");
        AssertBad("run/model.npz: has no 'fc1.weight' for dense1/weight", "import", "run/model.npz", "--architecture", "run", "--names", "names.json", "--out", "x.safetensors");
        File.WriteAllText(_folder["names.json"], "[]");
        AssertBad("names.json: is no JSON object from names to names", "import", "run/model.npz", "--architecture", "run", "--names", "names.json", "--out", "x.safetensors");
        Assert.False(File.Exists(_folder["x.safetensors"]));
    }

    [Fact]
    public void A_model_file_with_halves_has_half_the_bytes_and_the_nearest_weights()
    {
        string output = Good("export", "digits-small", "--out", "half.safetensors", "--half");
        Assert.StartsWith("Saved half.safetensors  (", output, StringComparison.Ordinal);
        Good("export", "digits-small", "--to", "safetensors");
        using Stream shipped = Digits.Open("digits-small");
        Network network = Network.Load(shipped), half = Network.Load(_folder["half.safetensors"]);
        Assert.True(network.Parameters.SequenceEqual(Network.Load(_folder["digits-small.safetensors"]).Parameters));
        Assert.Equal(network.Parameters.ToArray().Select(value => (float)(Half)value), half.Parameters.ToArray());
        Assert.InRange(new FileInfo(_folder["half.safetensors"]).Length, 2 * network.Parameters.Length, new FileInfo(_folder["digits-small.safetensors"]).Length - 2 * network.Parameters.Length + 10);
        AssertBad("--out: half.safetensors is the model itself", "export", "half.safetensors", "--to", "safetensors");
    }

    [Fact]
    public void Mistakes_are_said_in_a_line()
    {
        File.WriteAllText(_folder["no.onnx"], "no model");
        AssertBad("no.onnx: is no ONNX model, or is damaged", "import", "no.onnx");
        AssertBad("there is no such file", "import", "missing.onnx");
        AssertBad("expected .onnx, .safetensors or .npz", "import", "model.h5");
        AssertBad("--architecture: found nothing", "import", "weights.npz");
        AssertBad("--layout is for weights alone", "import", "no.onnx", "--layout", "keras");
        AssertBad("--out: no.onnx is the file to import", "import", "no.onnx", "--out", "no.onnx");
        AssertBad("--to: found nothing, expected a format", "export", "digits");
        AssertBad("does not end as a format does", "export", "digits", "--out", "digits.pb");
        AssertBad("--fold is for ONNX and C#", "export", "digits", "--to", "npz", "--fold");
        AssertBad("--half is for model files, but the model is to become npz", "export", "digits", "--to", "npz", "--half");
        AssertBad("--class is for C#", "export", "digits", "--to", "onnx", "--class", "Digits");
        AssertBad("A class cannot be named '1st'", "export", "digits", "--to", "csharp", "--class", "My.1st");
        AssertBad("there is no such model", "export", "nothing", "--to", "onnx");
    }

    private string Good(params string[] arguments)
    {
        (int code, string output, string error) = NablaProcess.Run(_folder, arguments);
        Assert.True(code == 0, error);
        return output;
    }

    private void AssertBad(string expected, params string[] arguments)
    {
        (int code, _, string error) = NablaProcess.Run(_folder, arguments);
        Assert.NotEqual(0, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }
}
