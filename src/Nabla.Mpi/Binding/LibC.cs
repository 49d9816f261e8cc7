using System.Runtime.InteropServices;

namespace Nabla.Mpi.Binding;

/// <summary>What .NET has no call for.</summary>
internal static unsafe partial class LibC
{
    private const long PidfdOpen = 434;
    private const int StandardError = 2;
    private const short Readable = 1;
    private const int NoSuchProcess = 3, OwnerDied = 130;

    /// <summary>Sets a variable that native code sees, unless it is set: <see cref="Environment.SetEnvironmentVariable(string, string?)"/> tells managed code only.</summary>
    public static void SetEnvironmentVariable(string name, string value) => SetEnv(name, value, overwrite: 0);

    /// <summary>Writes in one call, so that lines of several processes do not mix; without <see cref="Console"/>, whose first use takes milliseconds.</summary>
    public static void WriteError(ReadOnlySpan<byte> text)
    {
        fixed (byte* first = text)
        {
            _ = Write(StandardError, first, (nuint)text.Length);
        }
    }

    /// <summary>A file descriptor that becomes readable when the process ends; −1 where the system has none (before Linux 5.3), or no such process.</summary>
    public static int OpenProcess(int processId) => OperatingSystem.IsLinux() ? (int)SystemCall(PidfdOpen, processId, 0) : -1;

    /// <summary>Whether the process exists.</summary>
    public static bool Exists(int processId) => Kill(processId, 0) == 0 || Marshal.GetLastPInvokeError() != NoSuchProcess;

    /// <summary>Waits until some file descriptor is readable, or for so long.</summary>
    /// <param name="descriptors">Negative ones are passed over.</param>
    /// <param name="readable">Receives which are.</param>
    /// <param name="milliseconds">How long at most; −1: for ever.</param>
    public static void Poll(ReadOnlySpan<int> descriptors, Span<bool> readable, int milliseconds)
    {
        Span<PolledDescriptor> polled = new PolledDescriptor[descriptors.Length];
        for (int i = 0; i < polled.Length; i++)
        {
            polled[i] = new PolledDescriptor { Descriptor = descriptors[i], Events = Readable };
        }
        fixed (PolledDescriptor* first = polled)
        {
            _ = Poll(first, (nuint)polled.Length, milliseconds);
        }
        for (int i = 0; i < polled.Length; i++)
        {
            readable[i] = polled[i].Returned != 0;
        }
    }

    /// <summary>Makes a mutex that processes share and that tells when its owner has died; false where the system has none (macOS).</summary>
    /// <param name="mutex">At least 64 bytes.</param>
    public static bool TryMakeRobustMutex(void* mutex)
    {
        const int Robust = 1, Shared = 1, AttributesLength = 64;
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }
        byte* attributes = stackalloc byte[AttributesLength];
        return InitializeAttributes(attributes) == 0 && SetRobust(attributes, Robust) == 0 && SetShared(attributes, Shared) == 0 && InitializeMutex(mutex, attributes) == 0;
    }

    /// <summary>Waits for a mutex and locks it.</summary>
    /// <returns>Whether its owner died with it.</returns>
    public static bool LockAfterDeath(void* mutex) => LockMutex(mutex) == OwnerDied;

    /// <summary>Ends this process at once: nothing of it is asked or told.</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    public static partial void Exit(int code);

    /// <summary>Sleeps for less than the millisecond that <see cref="Thread.Sleep(int)"/> takes at least.</summary>
    public static void Sleep(uint microseconds) => _ = USleep(microseconds);

    [LibraryImport("libc", EntryPoint = "usleep")]
    private static partial int USleep(uint microseconds);

    [LibraryImport("libc", EntryPoint = "pthread_mutexattr_init")]
    private static partial int InitializeAttributes(void* attributes);

    [LibraryImport("libc", EntryPoint = "pthread_mutexattr_setrobust")]
    private static partial int SetRobust(void* attributes, int robust);

    [LibraryImport("libc", EntryPoint = "pthread_mutexattr_setpshared")]
    private static partial int SetShared(void* attributes, int shared);

    [LibraryImport("libc", EntryPoint = "pthread_mutex_init")]
    private static partial int InitializeMutex(void* mutex, void* attributes);

    [LibraryImport("libc", EntryPoint = "pthread_mutex_lock")]
    private static partial int LockMutex(void* mutex);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int file, byte* data, nuint length);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long SystemCall(long number, long first, long second);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(PolledDescriptor* first, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PolledDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
