// Reads the digit of samples/native-aot with ONNX Runtime; beside the program stands digits.onnx, which takes bytes and puts out probabilities.
using System.Globalization;
using Microsoft.ML.OnnxRuntime;

using InferenceSession session = new(Path.Combine(AppContext.BaseDirectory, "digits.onnx"));
using OrtValue input = OrtValue.CreateTensorValueFromMemory(Digit.Pixels, [1, 28, 28]);
using RunOptions options = new();
using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(options, [session.InputNames[0]], [input], [session.OutputNames[0]]);
ReadOnlySpan<float> scores = outputs[0].GetTensorDataAsSpan<float>();
int label = 0;
for (int i = 1; i < scores.Length; i++)
{
    label = scores[i] > scores[label] ? i : label;
}
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{label} ({scores[label]:P1})"));
