using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Nabla.Tests;

namespace Nabla.Packages.Tests;

/// <summary>Programs that are compiled ahead of time: with the instructions that Nabla needs, and the same bits as just in time.</summary>
[Collection(PackageTestsOfOneFeed.Name)]
public sealed class AheadOfTimeTests(PackageFeed feed)
{
    /// <summary>What is chosen, and for which properties of a program; MSBuild starts once for all of them.</summary>
    private static readonly (string Expected, string Properties)[] Choices =
    [
        ("x86-64-v3", "PublishAot=true;RuntimeIdentifier=linux-x64"),
        ("x86-64-v3", "PublishAot=true;RuntimeIdentifier=win-x64"),
        ("native", "PublishAot=true;RuntimeIdentifier=linux-x64;IlcInstructionSet=native"),
        ("", "PublishAot=true;RuntimeIdentifier=linux-arm64"),
        ("", "RuntimeIdentifier=linux-x64"),
        ("", "Nothing=true"),
    ];

    [Fact]
    public void The_package_chooses_instructions_where_the_program_does_not()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["Program.csproj"], $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <Import Project="{DotNet.Repository}/src/Nabla/buildTransitive/Nabla.targets" />
              <Target Name="Write" DependsOnTargets="ChooseInstructionsForNabla">
                <WriteLinesToFile File="$(Choice).txt" Lines="[$(IlcInstructionSet)]" />
              </Target>
            </Project>
            """);
        File.WriteAllText(folder["All.proj"], $"""
            <Project>
              <Target Name="All">
                {string.Concat(Choices.Select((choice, index) => $"""<MSBuild Projects="Program.csproj" Targets="Write" Properties="Choice={index};{choice.Properties}" />"""))}
              </Target>
            </Project>
            """);
        DotNet.Run("dotnet", folder.FullName, "msbuild", "All.proj", "-t:All", "-v:q", "-nologo");
        Assert.Equal(
            Choices.Select(choice => $"{choice.Properties}: [{choice.Expected}]"),
            Choices.Select((choice, index) => $"{choice.Properties}: {File.ReadAllText(folder[$"{index}.txt"]).Trim()}"));
    }

    [Fact]
    public void A_program_that_uses_the_package_has_vector_instructions_and_the_bits_of_just_in_time()
    {
        Assert.SkipWhen(DotNet.SkippedAheadOfTime is not null, DotNet.SkippedAheadOfTime ?? "");

        string program = Directory.CreateDirectory(feed.Folder("ahead-of-time")).FullName;
        foreach (string file in Directory.GetFiles(Path.Combine(DotNet.Repository, "tests", "Nabla.TestProcess"), "*.cs"))
        {
            File.Copy(file, Path.Combine(program, Path.GetFileName(file)));
        }
        File.WriteAllText(Path.Combine(program, "Program.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <InvariantGlobalization>true</InvariantGlobalization>
                <PublishAot>true</PublishAot>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Nabla" Version="0.1.0" />
              </ItemGroup>
            </Project>
            """);
        DotNet.Run("dotnet", program, "publish", "-o", "out", "-v", "q", "-nologo");

        string[] ahead = Lines(DotNet.Run(Path.Combine(program, "out", "Program"), program, "1", "2"));
        string[] justInTime = Lines(DotNet.Run("dotnet", program, Path.Combine(AppContext.BaseDirectory, "Nabla.TestProcess.dll"), "1", "2"));
        Assert.Equal(Hashes(justInTime), Hashes(ahead));
        if (RuntimeInformation.ProcessArchitecture == Architecture.X64 && Vector256.IsHardwareAccelerated)
        {
            Assert.Contains("Vector256 True", ahead);
            Assert.Contains("Fma True", ahead);
        }
    }

    private static string[] Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string[] Hashes(string[] lines)
    {
        string[] hashes = [.. lines.Where(line => line.StartsWith("hash ", StringComparison.Ordinal))];
        Assert.Equal(2, hashes.Length);
        return hashes;
    }
}
