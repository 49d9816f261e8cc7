using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Nabla.Tests.Export;

/// <summary>For what exported source is compiled.</summary>
public enum CompilationTarget
{
    /// <summary>.NET Standard 2.1, which has no fused multiply-add: Unity.</summary>
    NetStandard21,

    /// <summary>The .NET that runs the tests, as far as .NET 5 had it: one float at a time.</summary>
    Net5,

    /// <summary>The .NET that runs the tests: vectors.</summary>
    Net9,
}

/// <summary>Compiles exported source as C# 9 and loads it.</summary>
internal static class CSharpCompiler
{
    private static readonly Dictionary<CompilationTarget, string[]> Symbols = new()
    {
        [CompilationTarget.NetStandard21] = ["NETSTANDARD2_1"],
        [CompilationTarget.Net5] = ["NET5_0_OR_GREATER"],
        [CompilationTarget.Net9] = ["NET5_0_OR_GREATER", "NET9_0_OR_GREATER"],
    };

    private static readonly MetadataReference[] NetStandard = [MetadataReference.CreateFromFile(Path.Combine(AppContext.BaseDirectory, "netstandard2.1", "netstandard.dll"))];

    private static readonly MetadataReference[] Running =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == Path.GetDirectoryName(typeof(object).Assembly.Location))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>Compiles sources together, which must give no warning, and loads the result.</summary>
    public static Assembly Compile(CompilationTarget target, params IEnumerable<string> sources)
    {
        CSharpParseOptions parsing = new(LanguageVersion.CSharp9, DocumentationMode.Diagnose, preprocessorSymbols: Symbols[target]);
        // 4 is what old projects have, the greatest what the newest compiler knows to say.
        CSharpCompilationOptions options = new(
            OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, warningLevel: 9999, nullableContextOptions: NullableContextOptions.Disable);
        CSharpCompilation compilation = CSharpCompilation.Create(
            $"Exported{Guid.NewGuid():N}", sources.Select(source => CSharpSyntaxTree.ParseText(source, parsing)), target == CompilationTarget.NetStandard21 ? NetStandard : Running, options);
        using MemoryStream binary = new();
        ImmutableArray<Diagnostic> diagnostics = compilation.Emit(binary).Diagnostics;
        Assert.DoesNotContain(diagnostics, diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);
        return Assembly.Load(binary.ToArray());
    }
}
