// A console program that is compiled ahead of time: one file that needs no .NET, and answers in some milliseconds.
//     dotnet publish samples/native-aot -o out        (needs clang or gcc to link, on Windows Visual Studio's C++ tools)
//     out/native-aot
using System.Globalization;
using Nabla;

Prediction prediction = Digits.Load().Predict(Digit.Pixels);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{prediction.Label} ({prediction.Confidence:P1})"));
