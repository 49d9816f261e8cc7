using BenchmarkDotNet.Running;

// dotnet run -c Release --project benchmarks/Nabla.Microbenchmarks -- --filter "*Pooling*"
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
