using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text;
using System.Text.Json.Nodes;

namespace Nabla.Cli;

/// <summary>Where a training ran: what its time depends on; its result does not.</summary>
/// <param name="Processor">The processor's name.</param>
/// <param name="Processors">Logical processors that the program may use.</param>
/// <param name="VectorBits">Bits of the widest registers: 512 with AVX-512, 256 with AVX2, 128 on ARM.</param>
/// <param name="System">The operating system.</param>
/// <param name="Runtime">The version of .NET.</param>
/// <param name="Nabla">The version of Nabla.</param>
internal sealed record MachineDescription(string Processor, int Processors, int VectorBits, string System, string Runtime, string Nabla)
{
    /// <summary>This one.</summary>
    public static MachineDescription Current => new(
        ProcessorName() ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount,
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128,
        SystemName() ?? RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        typeof(Trainer).Assembly.GetName().Version!.ToString(3));

    /// <summary>In one line: <c>AMD EPYC 9R14, 2 logical processors with vectors of 512 bits; Debian GNU/Linux 12; .NET 10.0.1; Nabla 0.1.0</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Processor}, {Processors} logical {(Processors == 1 ? "processor" : "processors")} with vectors of {VectorBits} bits; {System}; {Runtime}; Nabla {Nabla}");

    /// <exception cref="InvalidOperationException">It is something else.</exception>
    public static MachineDescription FromJson(JsonNode node) => new(
        (string)node["processor"]!, (int)node["processors"]!, (int)node["vectorBits"]!, (string)node["system"]!, (string)node["runtime"]!, (string)node["nabla"]!);

    public JsonObject ToJson() => new()
    {
        ["processor"] = Processor,
        ["processors"] = Processors,
        ["vectorBits"] = VectorBits,
        ["system"] = System,
        ["runtime"] = Runtime,
        ["nabla"] = Nabla,
    };

    /// <summary>What an x86 processor calls itself, in 48 bytes of ASCII: AMD64 Architecture Programmer's Manual 3, CPUID Fn8000_000[4:2].</summary>
    private static string? ProcessorName()
    {
        const int FirstLeaf = unchecked((int)0x80000002), Leaves = 3;
        if (!X86Base.IsSupported)
        {
            return null;
        }
        Span<int> registers = stackalloc int[4 * Leaves];
        for (int leaf = 0; leaf < Leaves; leaf++)
        {
            (registers[4 * leaf], registers[4 * leaf + 1], registers[4 * leaf + 2], registers[4 * leaf + 3]) = X86Base.CpuId(FirstLeaf + leaf, 0);
        }
        string name = Encoding.ASCII.GetString(MemoryMarshal.AsBytes(registers)).TrimEnd('\0').Trim();
        return name.Length > 0 ? name : null;
    }

    /// <summary>What a Linux distribution calls itself.</summary>
    private static string? SystemName()
    {
        const string File = "/etc/os-release", Member = "PRETTY_NAME=";
        return global::System.IO.File.Exists(File)
            ? global::System.IO.File.ReadLines(File).FirstOrDefault(line => line.StartsWith(Member, StringComparison.Ordinal))?[Member.Length..].Trim('"')
            : null;
    }
}
