using Nabla.IO;

namespace Nabla.Tests.IO;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Writes_a_new_file_and_replaces_an_old_one()
    {
        AtomicFile.Write(_folder["a"], stream => stream.Write([1, 2, 3]));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(_folder["a"]));
        AtomicFile.Write(_folder["a"], stream => stream.Write([4]));
        Assert.Equal([4], File.ReadAllBytes(_folder["a"]));
        Assert.Equal(["a"], _folder.FileNames);
    }

    [Fact]
    public void A_failure_keeps_the_old_file_and_leaves_no_other()
    {
        File.WriteAllBytes(_folder["a"], [7]);
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(_folder["a"], stream =>
        {
            stream.Write([1, 2, 3]);
            throw new InvalidOperationException("in the middle");
        }));
        Assert.Equal([7], File.ReadAllBytes(_folder["a"]));
        Assert.Equal(["a"], _folder.FileNames);
    }

    [Fact]
    public void Nobody_sees_the_file_before_it_is_complete() =>
        AtomicFile.Write(_folder["a"], stream =>
        {
            stream.Write([1]);
            stream.Flush();
            Assert.False(File.Exists(_folder["a"]));
        });

    [Fact]
    public void Names_the_folder_that_is_missing()
    {
        string path = Path.Combine(_folder["none"], "a");
        DirectoryNotFoundException error = Assert.Throws<DirectoryNotFoundException>(() => AtomicFile.Write(path, _ => { }));
        Assert.Equal($"{path}: cannot be written, there is no folder {_folder["none"]}; make it first.", error.Message);
    }

    [Fact]
    public void Refuses_the_name_of_a_folder()
    {
        IOException error = Assert.Throws<IOException>(() => AtomicFile.Write(_folder.FullName, _ => { }));
        Assert.Equal($"{_folder.FullName}: cannot be written because it is a folder; name a file in it.", error.Message);
    }

    [Fact]
    public void An_error_of_another_file_keeps_its_message()
    {
        FileNotFoundException thrown = new("other.idx: there is no such file; check the path.");
        Assert.Same(thrown, Assert.Throws<FileNotFoundException>(() => AtomicFile.Write(_folder["a"], _ => throw thrown)));
        Assert.Empty(_folder.FileNames);
    }

    [Fact]
    public void A_full_disk_is_told_with_the_name_of_the_target()
    {
        IOException error = Assert.Throws<IOException>(() => AtomicFile.Write(_folder["a"], stream =>
            throw new IOException($"No space left on device : '{((FileStream)stream).Name}'")));
        Assert.Equal($"{_folder["a"]}: cannot be written (No space left on device); choose another place or make room.", error.Message);
    }
}
