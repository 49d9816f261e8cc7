using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Nabla.Tests;

/// <summary>Programs that are compiled ahead of time: with the instructions that Nabla needs, and the same bits as just in time.</summary>
public sealed class AheadOfTimeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("x86-64-v3", "PublishAot=true", "RuntimeIdentifier=linux-x64")]
    [InlineData("x86-64-v3", "PublishAot=true", "RuntimeIdentifier=win-x64")]
    [InlineData("native", "PublishAot=true", "RuntimeIdentifier=linux-x64", "IlcInstructionSet=native")]
    [InlineData("", "PublishAot=true", "RuntimeIdentifier=linux-arm64")]
    [InlineData("", "RuntimeIdentifier=linux-x64")]
    [InlineData("")]
    public void The_package_chooses_instructions_where_the_program_does_not(string expected, params string[] properties)
    {
        File.WriteAllText(_folder["Program.csproj"], $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <Import Project="{DotNet.Repository}/src/Nabla/buildTransitive/Nabla.targets" />
            </Project>
            """);
        string chosen = DotNet.Run(
            "dotnet", _folder.FullName,
            ["msbuild", "Program.csproj", "-t:ChooseInstructionsForNabla", "-getProperty:IlcInstructionSet", .. properties.Select(property => $"-p:{property}")]);
        Assert.Equal(expected, chosen.Trim());
    }

    [Fact]
    public void A_program_that_uses_the_package_has_vector_instructions_and_the_bits_of_just_in_time()
    {
        Assert.SkipWhen(DotNet.SkippedAheadOfTime is not null, DotNet.SkippedAheadOfTime ?? "");

        DotNet.UseFeed(_folder);
        DotNet.Run(
            "dotnet", DotNet.Repository, "pack", "src/Nabla", "--artifacts-path", _folder["artifacts"], "-o", _folder["feed"], "-p:RunAnalyzers=false", "-v", "q", "-nologo");
        string program = Directory.CreateDirectory(_folder["program"]).FullName;
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
