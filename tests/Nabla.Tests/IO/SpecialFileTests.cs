using System.Diagnostics;
using Nabla.IO;

namespace Nabla.Tests.IO;

/// <summary>Pipes and devices in place of files: an error at once, where opening them would wait or never end.</summary>
public sealed class SpecialFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task No_reader_waits_for_a_pipe()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes in its folders.");
        MakePipe(_folder["pipe"]);
        File.CreateSymbolicLink(_folder["link"], _folder["pipe"]);
        Directory.CreateDirectory(_folder["idx"]);
        MakePipe(_folder["idx/train-images-idx3-ubyte"]);
        Directory.CreateDirectory(_folder["npy"]);
        MakePipe(_folder["npy/x_train.npy"]);
        MakePipe(_folder["npy/y_train.npy"]);
        foreach (string name in new[] { "pipe", "link" })
        {
            foreach (Action read in new Action[]
            {
                () => Network.Load(_folder[name]), () => Recipe.Load(_folder[name]), () => DataFiles.Load(_folder[name]), () => DataFiles.LoadFeatures(_folder[name]),
                () => Idx.ReadImages(_folder[name]), () => Csv.Read(_folder[name]), () => DataFiles.Load(_folder["npy"]),
            })
            {
                await RefusesAtOnce(read, ": is a named pipe, expected a regular file; save its contents to a file first.");
            }
        }
        await RefusesAtOnce(() => AtomicFile.Write(_folder["pipe"], stream => stream.WriteByte(1)), "pipe: cannot be written because it is a named pipe, which a file would replace; name a file.");
        await RefusesAtOnce(() => IdxFolder.Load(_folder["idx"]), "");
    }

    [Fact]
    public async Task No_reader_reads_a_device()
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "There is no /dev/zero here.");
        foreach (Action read in new Action[] { () => Network.Load("/dev/zero"), () => Recipe.Load("/dev/zero"), () => DataFiles.Load("/dev/zero") })
        {
            await RefusesAtOnce(read, "/dev/zero: is a device, expected a regular file; save its contents to a file first.");
        }
        await RefusesAtOnce(() => AtomicFile.Write("/dev/null", stream => stream.WriteByte(1)), "/dev/null: cannot be written because it is a device, which a file would replace; name a file.");
    }

    [Fact]
    public void Files_and_links_to_files_are_read_also_where_they_are_empty()
    {
        File.WriteAllText(_folder["empty"], "");
        File.WriteAllText(_folder["full"], "{}");
        File.CreateSymbolicLink(_folder["link"], _folder["full"]);
        File.CreateSymbolicLink(_folder["nowhere"], _folder["nothing"]);
        Assert.All(["empty", "full", "link", "nowhere", "nothing", "."], name => Assert.Null(SpecialFile.KindOf(_folder[name])));
        Assert.Throws<FileNotFoundException>(() => InputFile.Open(_folder["nowhere"]));
        InputFile.Open(_folder["link"]).Dispose();
    }

    [Fact]
    public void A_recipe_that_grows_is_read_to_its_limit_only()
    {
        Assert.SkipUnless(File.Exists("/proc/self/status"), "There is no /proc here.");
        Assert.Throws<MalformedFileException>(() => Recipe.Load("/proc/self/status"));
    }

    /// <summary>On a thread of its own, which a test that fails leaves waiting.</summary>
    private static async Task RefusesAtOnce(Action read, string message)
    {
        Task<Exception?> refused = Task.Factory.StartNew(() => Record.Exception(read), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Assert.Same(refused, await Task.WhenAny(refused, Task.Delay(TimeSpan.FromSeconds(20))));
        Exception error = Assert.IsAssignableFrom<IOException>(await refused);
        Assert.EndsWith(message, error.Message, StringComparison.Ordinal);
    }

    private static void MakePipe(string path)
    {
        using Process process = Process.Start("mkfifo", path);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
