using System.Runtime.InteropServices;

namespace Nabla.Tests.Numerics;

/// <summary>Floats that end where a page begins that nobody may touch, or begin where one ends: a kernel that goes one number too far ends the process.</summary>
internal sealed unsafe partial class GuardedPages : IDisposable
{
    private const int NoAccess = 0, ReadAndWrite = 3, Private = 2, AnonymousOnLinux = 0x20, AnonymousOnMac = 0x1000;

    private readonly nint _memory;
    private readonly nuint _length;
    private readonly float* _first;
    private readonly int _count;

    /// <param name="contents">What is in it.</param>
    /// <param name="atEnd">Whether the forbidden page follows; else it comes before.</param>
    public GuardedPages(ReadOnlySpan<float> contents, bool atEnd)
    {
        int page = Environment.SystemPageSize, bytes = contents.Length * sizeof(float);
        int inner = Math.Max(1, (bytes + page - 1) / page) * page;
        _length = (nuint)(inner + 2 * page);
        _memory = Map(0, _length, ReadAndWrite, Private | (OperatingSystem.IsMacOS() ? AnonymousOnMac : AnonymousOnLinux), -1, 0);
        Assert.NotEqual(-1, _memory);
        Assert.Equal(0, Protect(_memory, (nuint)page, NoAccess));
        Assert.Equal(0, Protect(_memory + page + inner, (nuint)page, NoAccess));
        _first = (float*)(_memory + page + (atEnd ? inner - bytes : 0));
        _count = contents.Length;
        contents.CopyTo(Span);
    }

    public Span<float> Span => new(_first, _count);

    public void Dispose() => Assert.Equal(0, Unmap(_memory, _length));

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);
}
