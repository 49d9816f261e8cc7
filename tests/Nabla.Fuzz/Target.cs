using System.IO.Compression;
using System.Text;
using SkiaSharp;

namespace Nabla.Fuzz;

/// <summary>A reader, files that it reads, and what is done with what it has read.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Seeds">Valid files, from which others are made.</param>
/// <param name="Read">Reads a file; throws what the reader documents, or anything else, which is a finding.</param>
internal sealed record Target(string Name, Func<IReadOnlyList<byte[]>> Seeds, Action<string> Read)
{
    public static IReadOnlyList<Target> All { get; } =
    [
        new("model", Models, path => Predict(Network.Load(path))),
        new("onnx", OnnxModels, path => Predict(Network.ImportOnnx(path))),
        new("weights", WeightFiles, LoadWeights),
        new("recipe", Recipes, path => Recipe.Load(path)),
        new("idx", () => WithGzip(IdxFiles()), path => Either(() => Idx.ReadImages(path), () => Idx.ReadLabels(path, 10))),
        new("idx-types", () => WithGzip(TypedIdxFiles()), path => DataFiles.LoadFeatures(path)),
        new("csv", () => WithGzip(CsvFiles()), path => Either(() => DataFiles.LoadFeatures(path), () => DataFiles.Load(path))),
        new("table", () => WithGzip(TableFiles()), ReadTable),
        new("npy", () => Files("*.npy"), path => DataFiles.LoadFeatures(path)),
        new("npz", () => Files("*.npz"), path => DataFiles.Load(path)),
        new("pickle", () => WithGzip(Files("*.pkl")), path => DataFiles.Load(path)),
        new("png", () => [Picture(SKEncodedImageFormat.Png)], path => PictureFile.Read(path)),
        new("jpeg", () => [Picture(SKEncodedImageFormat.Jpeg)], path => PictureFile.Read(path)),
        new("webp", () => [Picture(SKEncodedImageFormat.Webp)], path => PictureFile.Read(path)),
        new("bmp-gif", () => [Bitmap, Gif], path => PictureFile.Read(path)),
        new("pgm", Pgm, path => PictureFile.Read(path)),
        new("web", () => WebTarget.Seeds(Picture(SKEncodedImageFormat.Png)), WebTarget.Read),
        new("history", Histories, path => Cli.HistoryFile.Read(path)),
    ];

    /// <summary>No reader of ours: it breaks every promise, one for each of some sizes of file, to show that that is found. Only when asked for by name.</summary>
    public static Target Faulty { get; } = new("faulty", () => [[1, 2, 3, 4]], path =>
    {
        switch (new FileInfo(path).Length % 30)
        {
            case 4:
                throw new InvalidOperationException("An exception that nobody promised.");
            case 3:
                throw new IOException("A message\nof two lines.");
            case 5:
                GC.KeepAlive(GC.AllocateUninitializedArray<byte>(1_100_000_000));
                break;
            case 2:
                Thread.Sleep(2100);
                break;
        }
    });

    /// <summary>The target of that name.</summary>
    public static Target Named(string name) => All.Append(Faulty).Single(target => target.Name == name);

    /// <summary>Reads a file as one kind of contents and as another: it may be either, and each reader must refuse the other's.</summary>
    private static void Either(Action first, Action second)
    {
        try
        {
            first();
        }
        catch (MalformedFileException)
        {
            second();
            return;
        }
        try
        {
            second();
        }
        catch (MalformedFileException)
        {
        }
    }

    /// <summary>Networks that weights are loaded into, and exported from.</summary>
    private static Network ForWeights()
    {
        Network network = Network.Create(
            [9, 8, 2], Layer.Convolution2D(3, 3, 3), Layer.BatchNormalization(Activation.ReLU), Layer.DepthwiseConvolution2D(3, 3), Layer.MaxPooling2D(2, 2), Layer.Flatten(), Layer.Dense(5, Activation.Tanh), Layer.LayerNormalization(), Layer.Dense(3));
        network.Initialize(new NumPyRandom(3));
        return network;
    }

    private static List<byte[]> OnnxModels()
    {
        List<byte[]> files = [];
        foreach (OnnxExportOptions options in new OnnxExportOptions[] { new(), new() { Input = OnnxInput.Bytes, FoldBatchNormalization = true }, new() { Input = OnnxInput.Floats } })
        {
            using MemoryStream stream = new();
            Network network = ForWeights();
            network.Preprocessing = network.Preprocessing with { Standardization = new Standardization([1, 2], [3, 4]) };
            network.ClassNames = ["a", "b", "c"];
            network.ExportOnnx(stream, options);
            files.Add(stream.ToArray());
        }
        return files;
    }

    /// <summary>Weights as safetensors, of ours and under the names of others, with halves, and as an archive.</summary>
    private static List<byte[]> WeightFiles()
    {
        using MemoryStream model = new(), halves = new();
        ForWeights().Save(model);
        ForWeights().Save(halves, halfPrecision: true);
        string archive = Path.GetTempFileName();
        ForWeights().ExportNpz(archive);
        byte[] bytes = File.ReadAllBytes(archive);
        File.Delete(archive);
        return [model.ToArray(), halves.ToArray(), bytes];
    }

    private static void LoadWeights(string path)
    {
        // What it is, is told by the end of its name.
        byte[] start = new byte[2];
        using (FileStream file = File.OpenRead(path))
        {
            file.ReadAtLeast(start, 2, throwOnEndOfStream: false);
        }
        string named = path + (start is [(byte)'P', (byte)'K'] ? ".npz" : ".safetensors");
        File.Copy(path, named, overwrite: true);
        try
        {
            ForWeights().LoadWeights(named);
        }
        finally
        {
            File.Delete(named);
        }
    }

    /// <summary>A sample of zeros: whatever a file describes, once it is loaded it can be used.</summary>
    private static void Predict(Network network)
    {
        float[] scores = new float[network.OutputShape.Size];
        network.Score(new float[network.InputShape.Size], scores);
    }

    private static List<byte[]> Models()
    {
        (Shape Input, LayerSpec[] Layers)[] networks =
        [
            ([4], [Layer.Dense(3, Activation.ReLU), Layer.Dense(2)]),
            ([6, 5], [Layer.Convolution2D(2, 3, 2, Activation.Tanh, stride: 2, padding: 1), Layer.MaxPooling2D(2, 2, stride: 1), Layer.Flatten(), Layer.Dropout(), Layer.Dense(3)]),
            ([8, 8, 2], [Layer.Cropping2D(1, 0, 1, 0), Layer.AveragePooling2D(3, 3, padding: 1), Layer.Convolution2D(1, 1, 1, bias: false)]),
            ([4, 4], [Layer.Convolution2D(2, 3, 3, padding: 1) with { Name = "a" }, new ResidualSpec { Body = [Layer.Convolution2D(3, 1, 1)], Projection = Layer.Convolution2D(3, 1, 1), Name = "b" }, Layer.Concatenate("a", "b", "input"), Layer.Dense(2)]),
        ];
        List<byte[]> files = [];
        foreach ((Shape input, LayerSpec[] layers) in networks)
        {
            Network network = Network.Create(input, layers);
            network.Initialize(new NumPyRandom(1));
            network.Loss = files.Count % 2 == 0 ? Loss.SoftmaxCrossEntropy : Loss.Quadratic;
            if (files.Count == 0)
            {
                network.Preprocessing = new Preprocessing { Standardization = new([0.5f], [2]) };
                network.ClassNames = ["cat", "dog"];
                network.Training = new TrainingRecord { Version = "1", Optimizer = new Adam(), Options = new TrainingOptions(), Samples = 3, BestEpoch = 1 };
            }
            // Every other one with halves.
            byte[] file = Written(path => network.Save(path, halfPrecision: files.Count % 4 == 2));
            files.Add(file);
            // Without its checksum, so that what is behind that is reached as well.
            int at = file.AsSpan().IndexOf("\"sha256\":\""u8) + "\"sha256\":\"".Length;
            byte[] unchecked64 = [.. file[..at], .. file[(at + 64)..]];
            BitConverter.GetBytes(BitConverter.ToInt64(file) - 64).CopyTo(unchecked64, 0);
            files.Add(unchecked64);
        }
        return files;
    }

    private static List<byte[]> Recipes() => [.. RecipeBook.Names.Select(RecipeBook.GetJson).Append(Branches).Select(Encoding.UTF8.GetBytes)];

    private const string Branches = """
        {"name":"b","input":[4,4],"layers":[{"type":"convolution2d","filters":2,"kernelHeight":1,"kernelWidth":1,"name":"a"},
        {"type":"residual","body":[{"type":"convolution2d","filters":2,"kernelHeight":1,"kernelWidth":1}],"name":"c"},
        {"type":"add","inputs":["a","c"]},{"type":"concatenate","inputs":["a","c","input"]},{"type":"dense","units":2}]}
        """;

    private static List<byte[]> IdxFiles()
    {
        DataSet digits = SyntheticDigits.Generate(2, 1);
        return [Written(path => Idx.WriteImages(path, (ByteFeatures)digits.Features)), Written(path => Idx.WriteLabels(path, (ClassLabels)digits.Targets)), [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 7, 9]];
    }

    /// <summary>A file of each type, with one to four dimensions.</summary>
    private static List<byte[]> TypedIdxFiles() =>
    [
        .. from type in new (byte Code, int Size)[] { (0x08, 1), (0x09, 1), (0x0b, 2), (0x0c, 4), (0x0d, 4), (0x0e, 8) }
           from dimensions in Enumerable.Range(1, 4)
           select (byte[])[0, 0, type.Code, (byte)dimensions, .. Enumerable.Range(0, 4 * dimensions).Select(i => (byte)(i % 4 == 3 ? 2 : 0)), .. new byte[type.Size << dimensions]],
    ];

    private static List<byte[]> CsvFiles() =>
    [
        Written(path => Csv.Write(path, SyntheticDigits.Generate(2, 1))), "label,1x1,1x2\n7,0,255\n3,4.5,-1e3\n"u8.ToArray(), "\ufeff7,0,1\r\n3,\"4\",5\r\n"u8.ToArray(),
    ];

    private static List<byte[]> TableFiles() =>
    [
        "size,kind,label\n1.5,x,a\n2,y,b\n3,x,a\n4,y,b\n"u8.ToArray(), "\ufeff# c\r\nsize;kind;label\r\n1,5;\"x\";a\r\n;y;b\r\n3;x;a\r\n"u8.ToArray(),
        "  size  kind\tlabel \n1 x a\n 2  y   b\n?  x a"u8.ToArray(), Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("size|kind|label\n1|x|a\n2|y|b\n")).ToArray(),
        "0,1,2,3,4\n5.1,3.5,1.4,0.2,b\n4.9,3.0,1.4,0.2,c\n6.1,3.0,1.5,0.2,b\n"u8.ToArray(),
    ];

    /// <summary>As a table by itself, with missing cells filled, as a regression, and as one of a model.</summary>
    private static void ReadTable(string path)
    {
        TableSchema schema = new()
        {
            Columns = [new SchemaColumn { Name = "size", Place = 1, Missing = 0 }, new SchemaColumn { Name = "kind", Place = 2, Categories = ["x", "y"] }],
            FileColumns = 3,
            AnswerName = "label",
            AnswerPlace = 3,
        };
        Exception? last = null;
        foreach (DataFileOptions options in new[] { new DataFileOptions { Label = "3" }, new() { Missing = MissingCells.Mean }, new() { Target = "1", Missing = MissingCells.Drop }, new() { Schema = schema } })
        {
            try
            {
                DataFiles.Load(path, options);
                TableRows rows = TableRows.Read(path, options);
                rows.Write(TextWriter.Null, ["answer"], [.. rows.Rows.Select(_ => (IReadOnlyList<string>)["x"])]);
                last = null;
            }
            catch (Exception exception) when (exception is MalformedFileException or ArgumentException)
            {
                last = exception;
            }
        }
        if (last is MalformedFileException refused)
        {
            throw refused;
        }
    }

    private static byte[] Picture(SKEncodedImageFormat kind)
    {
        byte[] pixels = ((ByteFeatures)SyntheticDigits.Generate(1, 1).Features).Values.ToArray();
        using SKImage image = SKImage.FromPixelCopy(new SKImageInfo(28, 28, SKColorType.Gray8, SKAlphaType.Opaque), pixels, 28);
        using SKData data = image.Encode(kind, 80);
        return data.ToArray();
    }

    /// <summary>Four pixels of 24 bits.</summary>
    private static byte[] Bitmap =>
    [
        .. "BM"u8, 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0, 0, 0, 0, 0, 16, 0, 0, 0, .. new byte[16],
        0, 0, 255, 255, 255, 255, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0,
    ];

    /// <summary>One red pixel.</summary>
    private static byte[] Gif => [.. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 255, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b];

    private static List<byte[]> Pgm()
    {
        byte[] pixels = ((ByteFeatures)SyntheticDigits.Generate(1, 1).Features).Values.ToArray();
        return [Encoding.ASCII.GetBytes($"P2\n# a digit\n28 28\n255\n{string.Join(' ', pixels)}\n"), [.. "P5 28 28 255\n"u8, .. pixels]];
    }

    private static List<byte[]> Histories() =>
        [Encoding.UTF8.GetBytes(Cli.HistoryFile.Format([new EpochResult(1, 0.5, 0.9, 0.4, 0.8), new EpochResult(2, 0.25, null, null, null)]))];

    private static List<byte[]> Files(string pattern) =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "seeds"), pattern).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    private static List<byte[]> WithGzip(List<byte[]> files)
    {
        List<byte[]> compressed = [];
        foreach (byte[] file in files)
        {
            using MemoryStream stream = new();
            using (GZipStream gzip = new(stream, CompressionLevel.Fastest))
            {
                gzip.Write(file);
            }
            compressed.Add(stream.ToArray());
        }
        return [.. files, .. compressed];
    }

    private static byte[] Written(Action<string> write)
    {
        string path = Path.GetTempFileName();
        write(path);
        byte[] contents = File.ReadAllBytes(path);
        File.Delete(path);
        return contents;
    }
}
