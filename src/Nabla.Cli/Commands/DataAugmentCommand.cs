using System.CommandLine;
using System.Globalization;
using Nabla.Cli.Display;
using Nabla.Cli.Options;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla data augment</c>: draws what a training with augmentation sees.</summary>
internal sealed class DataAugmentCommand : Command
{
    private readonly DataOptions _data = DataOptions.Create();
    private readonly Option<string?> _recipe = new("--recipe")
    {
        Description = "A recipe by name or a JSON file, whose augmentation and seed are taken; if not given, an augmentation that suits handwriting: affine, elastic, stroke-thickness.",
        HelpName = "recipe",
    };
    private readonly Option<string> _out = new("--out") { Description = "The PNG file to write; augmented.png if not given.", HelpName = "file.png", DefaultValueFactory = _ => "augmented.png" };
    private readonly Option<int?> _count = NumberOption.CreateCount("--count", "How many images, from the first training image on, each in a row; 8 if not given.");
    private readonly Option<int?> _epochs = NumberOption.CreateCount("--epochs", "What each becomes in the first so many epochs, side by side; 8 if not given.");
    private readonly Option<uint?> _seed = NumberOption.Create<uint>("--seed", "Decides what is drawn. As the recipe says (1) if not given.", $"a whole number from 0 to {uint.MaxValue}", _ => true);

    public DataAugmentCommand()
        : base("augment", "Draw training images and what augmentation makes of them.")
    {
        _data.AddTo(this);
        Options.Add(_recipe);
        Options.Add(_out);
        Options.Add(_count);
        Options.Add(_epochs);
        Options.Add(_seed);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        string picture = arguments.GetRequiredValue(_out);
        if (!Path.GetExtension(picture).Equals(".png", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"--out: found '{picture}', expected a file that ends in .png.");
        }
        TrainingOptions options = new() { Augmentation = Augmentation.ForHandwriting };
        if (arguments.GetValue(_recipe) is string name)
        {
            options = TrainCommand.ReadRecipe(name).Training;
            if (options.Augmentation.Count == 0)
            {
                throw new ArgumentException($"--recipe: '{name}' has no augmentation; leave --recipe out, or write \"augmentation\": [{{ \"type\": \"affine\" }}] into its training.");
            }
        }
        Features train = DataSource.Load(_data.Read(arguments), PlainText.Error).Train.Features;
        int[] chosen = [.. Enumerable.Range(0, Math.Min(arguments.GetValue(_count) ?? 8, train.Count))];
        int epochs = arguments.GetValue(_epochs) ?? 8;
        ByteFeatures images = SampleImages.Of(train.Take(chosen), train.SampleShape);
        ByteFeatures sheet = Augmented(images, options.Augmentation, epochs, arguments.GetValue(_seed) ?? options.Seed);
        AugmentationSheet.WritePng(picture, sheet, [.. Enumerable.Range(0, epochs + 1).Select(epoch => epoch == 0 ? "original" : string.Create(CultureInfo.InvariantCulture, $"epoch {epoch}"))]);
        if (options.Augmentation.Any(augmentation => augmentation is MixupAugmentation))
        {
            PlainText.Error.WriteLine("mixup mixes images of a batch, which the sheet does not show.");
        }
        PlainText.Out.WriteLine($"Wrote {picture}");
        return ExitCode.Success;
    }

    /// <summary>Each image followed by what it becomes in each epoch, at its place.</summary>
    private static ByteFeatures Augmented(ByteFeatures images, IReadOnlyList<Augmentation> augmentations, int epochs, uint seed)
    {
        int size = images.SampleShape.Size;
        byte[] pixels = new byte[checked(images.Count * (epochs + 1) * size)];
        float[] original = new float[size], changed = new float[size];
        for (int row = 0; row < images.Count; row++)
        {
            images.CopyRow(row, byteDivisor: 255, original);
            for (int epoch = 0; epoch <= epochs; epoch++)
            {
                Span<byte> pixel = pixels.AsSpan((row * (epochs + 1) + epoch) * size, size);
                if (epoch == 0)
                {
                    images[row].CopyTo(pixel);
                    continue;
                }
                Augmentation.ApplyAll(augmentations, original, images.SampleShape, changed, new SampleRandom(seed, epoch, row));
                for (int i = 0; i < size; i++)
                {
                    pixel[i] = (byte)Math.Round(255 * Math.Clamp(changed[i], 0, 1));
                }
            }
        }
        return new ByteFeatures(pixels, images.SampleShape);
    }
}
