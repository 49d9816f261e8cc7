// Reads the digit of samples/native-aot with TorchSharp, by the weights of models/digits.safetensors.
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

byte[] file = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "digits.safetensors"));
int headerLength = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
JsonElement header = JsonDocument.Parse(file.AsMemory(8, headerLength)).RootElement;
float temperature = JsonDocument.Parse(header.GetProperty("__metadata__").GetProperty("nabla").GetString()!).RootElement.GetProperty("temperature").GetSingle();

using var noGradient = no_grad();
Tensor x = tensor(Digit.Pixels.Select(level => level / 255f).ToArray(), [1, 1, 28, 28]);
foreach ((int layer, (int stride, int padding)) in new[] { (2, 2), (1, 1), (2, 1), (1, 0), (1, 0) }.Index())
{
    string normalization = $"batchnormalization{layer + 1}";
    // Ours are [height, width, channels in, channels out].
    x = F.conv2d(x, Read($"convolution2d{layer + 1}/weight").permute(3, 2, 0, 1), strides: [stride, stride], padding: [padding, padding]);
    x = F.batch_norm(x, Read($"{normalization}/mean"), Read($"{normalization}/variance"), Read($"{normalization}/scale"), Read($"{normalization}/bias"), training: false);
    x = F.relu(x);
}
// Ours has the channels last.
x = x.permute(0, 2, 3, 1).flatten(1).matmul(Read("dense1/weight")) + Read("dense1/bias");
float[] scores = F.softmax(x / temperature, 1).data<float>().ToArray();
int label = Array.IndexOf(scores, scores.Max());
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{label} ({scores[label]:P1})"));

Tensor Read(string name)
{
    JsonElement entry = header.GetProperty(name);
    int start = 8 + headerLength + entry.GetProperty("data_offsets")[0].GetInt32(), end = 8 + headerLength + entry.GetProperty("data_offsets")[1].GetInt32();
    return tensor(MemoryMarshal.Cast<byte, float>(file.AsSpan(start..end)).ToArray(), [.. entry.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt64())]);
}
