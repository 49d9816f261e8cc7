using System.Text;
using static Nabla.Tests.Data.IdxBytes;

namespace Nabla.Tests.Data;

public sealed class IdxTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("images", "labels")]
    [InlineData("images.gz", "labels.GZ")]
    public void What_is_written_is_read(string imagesName, string labelsName)
    {
        ByteFeatures images = RandomImages(50, 7, 5);
        ClassLabels labels = new([.. Enumerable.Range(0, 50).Select(i => i % 10)], 10);
        Idx.WriteImages(_folder[imagesName], images);
        Idx.WriteLabels(_folder[labelsName], labels);

        DataSet read = Idx.ReadPair(_folder[imagesName], _folder[labelsName]);

        Assert.Equal([7, 5], read.Features.SampleShape);
        Assert.Equal(images.Values, ((ByteFeatures)read.Features).Values);
        Assert.Equal(labels.Values, ((ClassLabels)read.Targets).Values);
        Assert.Equal(imagesName.EndsWith("gz", StringComparison.Ordinal), File.ReadAllBytes(_folder[imagesName]) is [0x1f, 0x8b, ..]);
        Assert.Equal(labelsName.EndsWith("GZ", StringComparison.Ordinal), File.ReadAllBytes(_folder[labelsName]) is [0x1f, 0x8b, ..]);
    }

    [Fact]
    public void Writes_the_bytes_of_the_format()
    {
        Idx.WriteImages(_folder["i"], new ByteFeatures([1, 2, 3, 4, 5, 6], [1, 3, 1]));
        Idx.WriteLabels(_folder["l"], new ClassLabels([9, 0], 10));
        Assert.Equal([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6], File.ReadAllBytes(_folder["i"]));
        Assert.Equal([0, 0, 8, 1, 0, 0, 0, 2, 9, 0], File.ReadAllBytes(_folder["l"]));
    }

    [Fact]
    public void Reads_compressed_data_larger_than_its_chunks_whatever_the_name()
    {
        byte[] pixels = [.. RandomImages(100, 175, 200).Values];
        File.WriteAllBytes(_folder["images"], Compress(Images(100, 175, 200, pixels)));
        Assert.Equal(pixels, Idx.ReadImages(_folder["images"]).Values);
    }

    [Fact]
    public void Writer_refuses_what_the_format_cannot_hold()
    {
        Assert.Throws<ArgumentException>(() => Idx.WriteImages(_folder["a"], new ByteFeatures(new byte[12], [2, 2, 3])));
        Assert.Throws<ArgumentException>(() => Idx.WriteImages(_folder["a"], new ByteFeatures(new byte[12], [12])));
        Assert.Throws<ArgumentException>(() => Idx.WriteImages(_folder["a"], new ByteFeatures([], [2, 2])));
        Assert.Throws<ArgumentException>(() => Idx.WriteLabels(_folder["a"], new ClassLabels([256], 300)));
        Assert.Throws<ArgumentException>(() => Idx.WriteLabels(_folder["a"], new ClassLabels([], 10)));
        Assert.Empty(_folder.FileNames);
    }

    [Fact]
    public void Refuses_a_senseless_number_of_classes()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Idx.ReadLabels(_folder["none"], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Idx.ReadLabels(_folder["none"], 257));
    }

    public static TheoryData<string, byte[], long, string> BadImages() => new()
    {
        { "a", [], 0, "ends within the magic number: found 0 bytes, expected 4; the file is cut short." },
        { "a", [0, 0, 8], 0, "ends within the magic number: found 3 bytes, expected 4; the file is cut short." },
        { "a", Labels(1), 0, "magic number 2049 (a labels file), expected 2051 (an images file)." },
        { "a", Encoding.ASCII.GetBytes("<html></html>"), 0, "magic number 1013478509, expected 2051 (an images file)." },
        { "a", Images(1, 2, 2, 1, 2, 3, 4)[..14], 12, "ends within the number of columns: found 2 bytes, expected 4; the file is cut short." },
        { "a", Images(0, 2, 2), 4, "the number of images is 0, expected 1 to 2147483647." },
        { "a", Images(0x80000000, 2, 2), 4, "the number of images is 2147483648, expected 1 to 2147483647." },
        { "a", Images(1, 0, 2), 8, "the number of rows is 0, expected 1 to 16384." },
        { "a", Images(1, 2, 16385), 12, "the number of columns is 16385, expected 1 to 16384." },
        { "a", Images(60000, 16384, 16384), 4, "announces 60000 images of 16384×16384, 16106127360000 bytes; expected at most 2147483591 bytes." },
        { "a", Images(70_000_000, 5, 6), 16, "ends within the pixels of 70000000 images of 5×6: found 0 bytes from byte 16 on, expected 2100000000; the file is cut short or its header is wrong." },
        { "a", Compress(Images(70_000_000, 5, 6)), 16, "would unpack 36 bytes to at least 2100000016, expected at most 268435456; if that is right, unpack the file first." },
        { "a", Images(2, 1, 2, 1, 2, 3), 19, "ends within the pixels of 2 images of 1×2: found 3 bytes from byte 16 on, expected 4; the file is cut short or its header is wrong." },
        { "a", Images(1, 1, 2, 1, 2, 3), 18, "goes on where its header says that it ends; the header is wrong or other bytes follow the data." },
        { "a.gz", Compress(Images(1, 1, 2, 1, 2, 3)), 18, "goes on where its header says that it ends; the header is wrong or other bytes follow the data." },
        { "a.gz", Encoding.ASCII.GetBytes("<html></html>"), 0, "is named .gz but is not gzip: it begins with 3c68, expected 1f8b; download it again, or drop .gz from its name if it is not compressed." },
        { "a.GZ", [], 0, "is named .gz but is not gzip: it begins with nothing, expected 1f8b; download it again, or drop .gz from its name if it is not compressed." },
        { "a.gz", [.. Compress(Images(1, 1, 2, 1, 2)), 1, 2, 3, 4], 18, "the gzip file ends with 67305985 as the length of its contents, expected 18; it is cut short, or other bytes follow the compressed data." },
        { "a.gz", [.. Compress(Images(1, 1, 2, 1, 2)), .. new byte[100_000]], 18, "the gzip file ends with 0 as the length of its contents, expected 18; it is cut short, or other bytes follow the compressed data." },
        { "a.gz", [.. Compress(Images(1, 1, 2, 1, 2)[..10]), .. Compress(Images(1, 1, 2, 1, 2)[10..]), 0], 18, "the gzip file ends with 0 as the length of its contents, expected 18; it is cut short, or other bytes follow the compressed data." },
        { "a.gz", [0x1f, 0x8b], 0, "ends within the magic number: found 0 bytes, expected 4; the file is cut short." },
    };

    [Theory]
    [MemberData(nameof(BadImages))]
    public void Names_what_is_wrong_with_an_images_file(string name, byte[] contents, long offset, string message)
    {
        File.WriteAllBytes(_folder[name], contents);
        MalformedFileException error = Assert.Throws<MalformedFileException>(() => Idx.ReadImages(_folder[name]));
        Assert.Equal($"{_folder[name]}, byte {offset}: {message}", error.Message);
        Assert.Equal(offset, error.Offset);
        Assert.Equal(_folder[name], error.File);
    }

    [Fact]
    public void A_header_that_promises_gigabytes_takes_little_memory()
    {
        File.WriteAllBytes(_folder["a.gz"], Compress(Images(70_000_000, 5, 6, 1, 2, 3)));
        File.WriteAllBytes(_folder["a"], Images(70_000_000, 5, 6, 1, 2, 3));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<MalformedFileException>(() => Idx.ReadImages(_folder["a.gz"]));
        Assert.Throws<MalformedFileException>(() => Idx.ReadImages(_folder["a"]));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public void A_wrong_checksum_is_told_as_damage()
    {
        byte[] compressed = Compress(Images(1, 1, 2, 1, 2));
        compressed[^6] ^= 1;
        File.WriteAllBytes(_folder["a.gz"], compressed);
        MalformedFileException error = Assert.Throws<MalformedFileException>(() => Idx.ReadImages(_folder["a.gz"]));
        Assert.EndsWith("the compressed data is damaged, expected intact gzip data; download or copy the file again.", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Offset, 0, 18);
    }

    [Fact]
    public void A_gzip_file_without_its_last_bytes_is_refused_though_all_data_is_there()
    {
        byte[] compressed = Compress(Images(1, 1, 2, 1, 2));
        for (int cut = 1; cut < compressed.Length; cut++)
        {
            File.WriteAllBytes(_folder["a"], compressed[..^cut]);
            Assert.Throws<MalformedFileException>(() => Idx.ReadImages(_folder["a"]));
        }
    }

    public static TheoryData<byte[], long, string> BadLabels() => new()
    {
        { Images(1, 1, 1, 0), 0, "magic number 2051 (an images file), expected 2049 (a labels file)." },
        { [0, 0, 8, 1, 0, 0, 0, 0], 4, "the number of labels is 0, expected 1 to 536870897." },
        { Labels(1, 2, 10, 3), 10, "label 10 of sample 2, expected 0 to 9." },
        { Labels(1, 2, 3)[..^1], 10, "ends within the 3 labels: found 2 bytes from byte 8 on, expected 3; the file is cut short or its header is wrong." },
    };

    [Theory]
    [MemberData(nameof(BadLabels))]
    public void Names_what_is_wrong_with_a_labels_file(byte[] contents, long offset, string message)
    {
        File.WriteAllBytes(_folder["l"], contents);
        MalformedFileException error = Assert.Throws<MalformedFileException>(() => Idx.ReadLabels(_folder["l"]));
        Assert.Equal($"{_folder["l"]}, byte {offset}: {message}", error.Message);
    }

    [Fact]
    public void Reads_as_many_classes_as_asked_for()
    {
        File.WriteAllBytes(_folder["l"], Labels(0, 25, 255));
        Assert.Equal([0, 25, 255], Idx.ReadLabels(_folder["l"], 256).Values);
        Assert.Equal(256, Idx.ReadLabels(_folder["l"], 256).Width);
    }

    [Fact]
    public void Refuses_labels_of_other_images()
    {
        File.WriteAllBytes(_folder["i"], Images(2, 1, 1, 0, 0));
        File.WriteAllBytes(_folder["l"], Labels(1, 2, 3));
        MalformedFileException error = Assert.Throws<MalformedFileException>(() => Idx.ReadPair(_folder["i"], _folder["l"]));
        Assert.Equal($"{_folder["l"]}, byte 4: has 3 labels, expected 2, one for each image of {_folder["i"]}; the two files do not belong together.", error.Message);
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_an_IOException_of_one_clear_line()
    {
        Assert.Equal($"{_folder["none"]}: there is no such file; check the path.",
            Assert.Throws<FileNotFoundException>(() => Idx.ReadImages(_folder["none"])).Message);
        Assert.Equal($"{_folder.FullName}: is a folder, expected a file.",
            Assert.Throws<IOException>(() => Idx.ReadImages(_folder.FullName)).Message);
        string within = Path.Combine(_folder["none"], "a");
        Assert.Equal($"{within}: there is no such file; check the path.",
            Assert.Throws<FileNotFoundException>(() => Idx.ReadLabels(within)).Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Thousands_of_cuts_and_flips_give_valid_data_or_the_documented_exception(bool compressed)
    {
        byte[] imageBytes = Images(6, 5, 4, [.. RandomImages(6, 5, 4).Values]);
        byte[] labelBytes = Labels(1, 2, 3, 4, 5, 6);
        (byte[] images, byte[] labels) = compressed ? (Compress(imageBytes), Compress(labelBytes)) : (imageBytes, labelBytes);
        File.WriteAllBytes(_folder["i"], images);
        File.WriteAllBytes(_folder["l"], labels);
        NumPyRandom random = new(compressed ? 2u : 1u);
        int refused = 0;
        for (int i = 0; i < 2_500; i++)
        {
            bool ofImages = random.NextInt32(2) == 0;
            File.WriteAllBytes(_folder["damaged"], Damage.CutOrFlip(ofImages ? images : labels, random));
            try
            {
                DataSet read = ofImages ? Idx.ReadPair(_folder["damaged"], _folder["l"]) : Idx.ReadPair(_folder["i"], _folder["damaged"]);
                Assert.Equal(6, read.Count);
                Assert.Equal(20, read.Features.SampleShape.Size);
                if (compressed)
                {
                    // The checksum sees every change of the data, so only a header field such as the time can differ.
                    Assert.Equal(imageBytes.AsSpan(16), ((ByteFeatures)read.Features).Values);
                    Assert.Equal([1, 2, 3, 4, 5, 6], ((ClassLabels)read.Targets).Values);
                }
            }
            catch (MalformedFileException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 1_250, 2_499);
    }

    private static ByteFeatures RandomImages(int count, int rows, int columns) =>
        new(IdxBytes.Pixels(count * rows * columns), [rows, columns]);
}
