using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Nabla.Mpi.Binding;

/// <summary>The MPI library of this machine, found and recognised. File names say little: <c>libmpi.so</c> may be anyone's, so the library itself is asked.</summary>
internal sealed partial class MpiLibrary
{
    /// <summary>The environment variable that names the library, if it is not to be searched for.</summary>
    public const string Variable = "NABLA_MPI_LIBRARY";

    private const int MaxVersionLength = 8192;

    private MpiLibrary(nint handle, string file, string version, MpiInterface kind) =>
        (File, Description, Interface, Functions) = (file, ShortVersion(version), kind, MpiFunctions.Of(handle, kind));

    /// <summary>The file as it was asked for.</summary>
    public string File { get; }

    /// <summary>Name and version in a few words: <c>MPICH 4.0.2</c>.</summary>
    public string Description { get; }

    public MpiInterface Interface { get; }

    public MpiFunctions Functions { get; }

    /// <summary>Loads the library that <see cref="Variable"/> names, or the first of those that are usual, the launcher's own before others.</summary>
    /// <exception cref="IOException">There is none, or none that can be used.</exception>
    public static MpiLibrary Find(MpiLauncher? launcher)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new IOException("MPI on Windows is not supported: Nabla needs MPICH, Open MPI or a library with the interface of MPI 5, on Linux or macOS.");
        }
        // Before the library is loaded: UCX, by which MPICH and Open MPI move data, reads it then. By default it takes the
        // signal by which .NET knows null references, and ends the process.
        LibC.SetEnvironmentVariable("UCX_ERROR_SIGNALS", "SIGILL,SIGBUS,SIGFPE");
        // Nor does it print a page when a process is gone from which it was reading.
        LibC.SetEnvironmentVariable("UCX_HANDLE_ERRORS", "none");
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            return TryLoad(named, out string? problem) ?? throw new IOException($"{Variable} is '{named}', which {problem}. It is to be the name or path of an MPI library, such as libmpich.so.12.");
        }
        List<string> unusable = [];
        string[] names = [.. UsualNames(launcher)];
        foreach (string name in names)
        {
            if (TryLoad(name, out string? problem) is MpiLibrary found)
            {
                return found;
            }
            if (problem != NotLoaded)
            {
                unusable.Add($"{name} {problem}");
            }
        }
        throw new IOException(unusable.Count > 0
            ? $"No MPI library was found that can be used: {string.Join("; ", unusable)}. Install MPICH or Open MPI, or set {Variable} to another library."
            : $"No MPI library was found; tried: {string.Join(", ", names)}. Install MPICH or Open MPI (on Debian the package mpich or openmpi-bin), or set {Variable} to the library's path.");
    }

    /// <summary>Name and version out of the text by which a library describes itself, which may be pages long.</summary>
    internal static string ShortVersion(string version)
    {
        string line = version.TrimStart().Split('\n')[0].Trim();
        Match match = NameAndNumber().Match(line);
        return match.Success ? $"{match.Groups["name"]} {match.Groups["number"]}" : line.Length <= 60 ? line : $"{line[..60]}…";
    }

    /// <summary>The binary interface of a library by the text with which it describes itself; null for one that is not known.</summary>
    internal static MpiInterface? InterfaceOf(string version) =>
        Mentions(version, "Open MPI", "Spectrum MPI") ? MpiInterface.OpenMpi
        : Mentions(version, "MPICH", "Intel(R) MPI", "MVAPICH") ? MpiInterface.Mpich
        : null;

    private static bool Mentions(string version, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (version.Contains(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }
        return false;
    }

    private const string NotLoaded = "cannot be loaded";

    private static unsafe MpiLibrary? TryLoad(string name, out string? problem)
    {
        if (!NativeLibrary.TryLoad(name, out nint library))
        {
            problem = NotLoaded;
            return null;
        }
        if (!NativeLibrary.TryGetExport(library, "MPI_Get_library_version", out nint getVersion))
        {
            problem = "is no MPI library, or one older than MPI 3: it has no MPI_Get_library_version";
            return null;
        }
        byte* text = stackalloc byte[MaxVersionLength];
        int length = 0;
        _ = ((delegate* unmanaged<byte*, int*, int>)getVersion)(text, &length);
        string version = Encoding.UTF8.GetString(text, length);
        MpiInterface? kind = HasStandardInterface(library) ? MpiInterface.Standard : InterfaceOf(version);
        if (kind is null)
        {
            problem = $"is an MPI library whose binary interface is not known: it calls itself '{ShortVersion(version)}'; those of MPICH, Open MPI and MPI 5 are";
            return null;
        }
        problem = null;
        return new MpiLibrary(library, name, version, kind.Value);
    }

    /// <summary>Whether a library, whoever made it, has the interface of MPI 5. Libraries that know the question but have another answer with −1.</summary>
    private static unsafe bool HasStandardInterface(nint library)
    {
        if (!NativeLibrary.TryGetExport(library, "MPI_Abi_get_version", out nint getVersion))
        {
            return false;
        }
        int major = -1, minor = -1;
        return ((delegate* unmanaged<int*, int*, int>)getVersion)(&major, &minor) == 0 && major >= 1;
    }

    private static IEnumerable<string> UsualNames(MpiLauncher? launcher)
    {
        string[] mpich = OperatingSystem.IsMacOS() ? ["libmpi.12.dylib"] : ["libmpich.so.12", "libmpi.so.12"];
        string[] openMpi = OperatingSystem.IsMacOS() ? ["libmpi.40.dylib"] : ["libmpi.so.40"];
        string[] others = OperatingSystem.IsMacOS() ? ["libmpi_abi.0.dylib", "libmpi.dylib"] : ["libmpi_abi.so.0", "libmpi_abi.so.1", "libmpi_abi.so", "libmpi.so"];
        string[] names = launcher?.Interface == MpiInterface.OpenMpi ? [.. openMpi, .. mpich, .. others] : [.. mpich, .. openMpi, .. others];
        // Where Homebrew puts libraries the system does not look.
        return OperatingSystem.IsMacOS() ? names.SelectMany(name => new[] { name, $"/opt/homebrew/lib/{name}" }) : names;
    }

    [GeneratedRegex(@"^(MPI Version\s*:\s*)?(?<name>.+?)( Library)?( Version)?[:\s]+v?(?<number>\d+(\.\w+)+)", RegexOptions.IgnoreCase)]
    private static partial Regex NameAndNumber();
}
