using System.Globalization;
using System.Text;

namespace Nabla.Mpi;

/// <summary>One of the processes, as it presents itself to the others.</summary>
/// <param name="Host">The name of its computer.</param>
/// <param name="Place">The same for processes that see one another's ids and files: two containers may have one name, two computers, too.</param>
/// <param name="ProcessId">Its number there.</param>
/// <param name="Board">Where it would put the board of its host.</param>
internal sealed record Peer(string Host, string Place, int ProcessId, string Board)
{
    private const char Separator = '\n';

    public static Peer Self()
    {
        string host = Environment.MachineName;
        string[] parts = [host, Contents("/proc/sys/kernel/random/boot_id"), Target("/proc/self/ns/pid"), Target("/proc/self/ns/mnt")];
        return new Peer(host, string.Join(' ', parts), Environment.ProcessId, HostBoard.NewPath());
    }

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(string.Join(Separator, Host, Place, ProcessId.ToString(CultureInfo.InvariantCulture), Board));

    public static Peer FromBytes(ReadOnlySpan<byte> bytes)
    {
        string[] parts = Encoding.UTF8.GetString(bytes).Split(Separator);
        return new Peer(parts[0], parts[1], int.Parse(parts[2], CultureInfo.InvariantCulture), parts[3]);
    }

    private static string Contents(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Not Linux.
            return "";
        }
    }

    private static string Target(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget ?? "";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
