using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Nabla.TensorBoard;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>Event files against the format's known bytes, and against TensorBoard's own reader.</summary>
public sealed class TensorBoardTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sums_and_records_are_those_of_the_format()
    {
        // CRC-32C's check value, of "123456789", is E3069283; masked as TensorFlow's crc32c.h says.
        const uint Check = 0xe3069283;
        Assert.Equal(((Check >> 15) | (Check << 17)) + 0xa282ead8, EventFile.MaskedCrc("123456789"u8));
        // Every event file begins with a record of 24 bytes, and so with these twelve.
        Assert.Equal([0x18, 0, 0, 0, 0, 0, 0, 0, 0xa3, 0x7f, 0x4b, 0x22], EventFile.Frame(new byte[24])[..12]);
    }

    [Fact]
    public void A_training_leaves_its_figures()
    {
        SmallDigits.Write(_folder["idx"], train: 200, test: 20);
        (int code, _, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", "idx", "--epochs", "2", "--batch-size", "9", "--tensorboard", "--out", "run");
        Assert.True(code is 0 or 1 && !error.Contains("mistake", StringComparison.Ordinal), error);
        string path = Assert.Single(Directory.GetFiles(_folder["run"], "events.out.tfevents.*"));
        List<Event> events = Read(File.ReadAllBytes(path));
        Assert.Equal("brain.Event:2", events[0].FileVersion);
        Assert.All(events, one => Assert.InRange(one.WallTime, 1.7e9, 1e10));
        SummaryValue text = events[1].Summary.Value[0];
        Assert.Equal(("recipe", "text", 7), (text.Tag, text.Metadata.PluginData.PluginName, text.Tensor.Dtype));
        Assert.Contains("\"name\": \"dense\"", text.Tensor.StringVal[0].ToStringUtf8(), StringComparison.Ordinal);
        // 180 samples are 20 steps an epoch: those from 1 on, every twentieth.
        Assert.Equal([1, 21], events.Where(one => one.Summary?.Value[0].Tag == "step/loss").Select(one => one.Step));
        Event second = events.Last(one => one.Summary?.Value[0].Tag == "epoch/loss");
        Assert.Equal(2, second.Step);
        Assert.Equal(["epoch/loss", "epoch/accuracy", "epoch/validation_loss", "epoch/validation_accuracy"], second.Summary.Value.Select(value => value.Tag));
        string[] history = File.ReadAllLines(_folder["run/history.csv"])[2].Split(',');
        Assert.Equal(double.Parse(history[1], CultureInfo.InvariantCulture), second.Summary.Value[0].SimpleValue, 1e-6);
        // Adam's 0.004 falls in a straight line: at the first step it is whole.
        Assert.Equal(0.004f, events.First(one => one.Summary?.Value[0].Tag == "step/loss").Summary.Value[1].SimpleValue);
    }

    /// <summary>NABLA_TENSORBOARD is a Python that has the package tensorboard.</summary>
    [Fact]
    public void TensorBoard_reads_it()
    {
        string? python = Environment.GetEnvironmentVariable("NABLA_TENSORBOARD");
        Assert.SkipWhen(string.IsNullOrEmpty(python), "NABLA_TENSORBOARD is not set: needs a Python with TensorBoard.");
        Network network = Network.Create([2], Layer.Dense(2));
        Trainer trainer = new(network, Loss.SoftmaxCrossEntropy, new Sgd { LearningRate = 0.25 });
        trainer.Callbacks.Add(new TensorBoardLog(_folder["log"], "{ }", every: 1));
        TrainingHistory history = trainer.Fit(
            new DataSet(new FloatFeatures([1, 2, 3, 4, 5, 6, 7, 8], [2]), new ClassLabels([0, 1, 0, 1], 2)), new TrainingOptions { Epochs = 3, BatchSize = 2, ValidationFraction = 0 });
        const string Script = """
            import sys
            from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
            log = EventAccumulator(sys.argv[1])
            log.Reload()
            for tag in sorted(log.Tags()['scalars']) + [t for t in log.Tags()['tensors'] if t != 'recipe']:
                for e in log.Scalars(tag): print(tag, e.step, '%.9g' % e.value)
            print(log.Tensors('recipe')[0].tensor_proto.string_val[0].decode())
            """;
        ProcessStartInfo start = new(python!) { RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Script);
        start.ArgumentList.Add(_folder["log"]);
        using Process process = Process.Start(start)!;
        string[] lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        Assert.Equal(3 + 3 + 6 + 6 + 1, lines.Length);
        Assert.Equal((float)history.Epochs[2].Loss, float.Parse(lines.Single(line => line.StartsWith("epoch/loss 3 ", StringComparison.Ordinal)).Split(' ')[2], CultureInfo.InvariantCulture));
        Assert.Contains("step/learning_rate 6 0.25", lines);
        Assert.Equal("    { }", lines[^1]);
    }

    private static List<Event> Read(byte[] file)
    {
        List<Event> events = [];
        for (int at = 0; at < file.Length;)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(EventFile.MaskedCrc(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            byte[] data = file[(at + 12)..(at + 12 + length)];
            Assert.Equal(EventFile.MaskedCrc(data), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            events.Add(Event.Parser.ParseFrom(data));
            at += 16 + length;
        }
        return events;
    }
}
