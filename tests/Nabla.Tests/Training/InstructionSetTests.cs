using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Nabla.Tests.Training;

/// <summary>
/// Trained networks have the same bits whatever instructions the processor has, for any number of threads: in child
/// processes in which the runtime is told to do without some of them.
/// </summary>
public sealed class InstructionSetTests
{
    // What a recipe trains changes only where it is meant to: say why in the commit, and show that the golden runs still hold.
    private const string RecipeBits = """
        convolution fdf88fd27b98afb1
        deep-sigmoid f5302fd22a60c6e8
        dense 4cd02404c5d43c2a
        digits-small dc1567cc9d39d849
        layers-of-images b922834ca338b5fb
        layers-of-rows 5454995d74846989
        linear cb02306956cd022a
        own-augmentation 147ece43d5ebf2f9
        own-dropout 5c6b00b99ab285e4
        quadratic-sgd bc30939e7c6bb206
        quick 221c6b079b300a98
        relu-dropout bcc85d3ccc726271
        relu-dropout-400-minibatch 7b85c9b8d580fc8f
        relu-dropout-400-online 7ca50c3e3bb7fdc7
        relu-dropout-minibatch b2297f930da30dc3
        relu-online 950b4c2ec277fa2a
        relu-softmax-class 6e509f9551715158
        relu-softmax-full-batch 4067a40f956905ae
        rules-average ba7c6cd9ffc8c15d
        rules-lion e85f6c47a1998b17
        rules-loss 29b71bbe1f7077d9
        rules-sgd 10b9258b759268e1
        table 5ae053b465b87132
        tanh-softmax 17875dec1a821bb5
        tiny 2e50861dfe853334
        """;

    private static readonly Lazy<Report> Everything = new(() => Run(switchedOff: null, "1", "2", "3", "7"));

    [Fact]
    public void With_all_instructions_on_1_2_3_and_7_threads() => Assert.Single(Everything.Value.Hashes.Distinct());

    [Fact]
    public void Without_AVX_512()
    {
        Assert.SkipUnless(Everything.Value.Has("Vector512"), "This processor has no AVX-512 that could be switched off.");
        AssertSameWithout("EnableAVX512", "Vector512");
    }

    [Fact]
    public void Without_AVX2()
    {
        Assert.SkipUnless(Everything.Value.Has("Vector256"), "This processor has no AVX2 that could be switched off.");
        AssertSameWithout("EnableAVX2", "Vector512", "Vector256", "Fma");
    }

    [Fact]
    public void Without_any_vector_instructions() => AssertSameWithout("EnableHWIntrinsic", "Vector512", "Vector256", "Vector128", "Fma");

    [Fact]
    public void Recipes_train_the_bits_that_they_did() => Assert.Equal(
        RecipeBits.ReplaceLineEndings("\n"), string.Join('\n', Everything.Value.Recipes.Select(recipe => $"{recipe.Key} {recipe.Value[..16]}")));

    private static void AssertSameWithout(string setting, params string[] off)
    {
        // Without them a number of threads is enough, and few recipes, as they take minutes: another makes no difference, as With_all_instructions_on_1_2_3_and_7_threads shows.
        Report report = Run(setting, "3", "few");
        Assert.All(off, name => Assert.False(report.Has(name), $"DOTNET_{setting}=0 did not switch off {name}: this test would show nothing."));
        Assert.Equal(Everything.Value.Hashes[0], Assert.Single(report.Hashes.Distinct()));
        Assert.Equal(21, report.Recipes.Count);
        Assert.All(report.Recipes, recipe => Assert.Equal(Everything.Value.Recipes[recipe.Key], recipe.Value));
    }

    private static Report Run(string? switchedOff, params string[] arguments)
    {
        // The runtime's folder is <dotnet>/shared/Microsoft.NETCore.App/<version>/.
        string dotnet = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        ProcessStartInfo start = new(dotnet) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments.Prepend(Path.Combine(AppContext.BaseDirectory, "Nabla.TestProcess.dll")))
        {
            start.ArgumentList.Add(argument);
        }
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("DOTNET_Enable", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }
        if (switchedOff is not null)
        {
            start.Environment[$"DOTNET_{switchedOff}"] = "0";
        }
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error.Result);
        return new Report(arguments.Count(argument => argument != "few"), [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)]);
    }

    private sealed record Report(int ThreadCounts, string[] Lines)
    {
        /// <summary>One hash per number of threads.</summary>
        public string[] Hashes
        {
            get
            {
                string[] hashes = [.. Lines.Where(line => line.StartsWith("hash ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2])];
                Assert.Equal(ThreadCounts, hashes.Length);
                return hashes;
            }
        }

        /// <summary>A hash of each recipe, which is the same for every number of threads.</summary>
        public SortedDictionary<string, string> Recipes
        {
            get
            {
                SortedDictionary<string, string> recipes = new(StringComparer.Ordinal);
                foreach (string[] words in Lines.Where(line => line.StartsWith("recipe ", StringComparison.Ordinal)).Select(line => line.Split(' ')))
                {
                    recipes.TryAdd(words[1], words[3]);
                    Assert.True(recipes[words[1]] == words[3], $"{words[1]} trains other bits on {words[2]} threads.");
                }
                return recipes;
            }
        }

        public bool Has(string name) => Lines.Contains($"{name} True") || (Lines.Contains($"{name} False") ? false : throw new InvalidOperationException($"The process said nothing of {name}."));
    }
}
