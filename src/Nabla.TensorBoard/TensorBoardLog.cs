using System.Globalization;
using System.Text;
using Google.Protobuf;
using Nabla.TensorBoard;

namespace Nabla;

/// <summary>
/// Writes a training into an event file of TensorBoard: <c>tensorboard --logdir folder</c> shows it, also while it runs. For each epoch <c>epoch/loss</c>, <c>epoch/accuracy</c>,
/// <c>epoch/validation_loss</c> and <c>epoch/validation_accuracy</c>, as far as they are measured, over epochs; for some steps <c>step/loss</c> and
/// <c>step/learning_rate</c>, over steps of the whole training.
/// </summary>
public sealed class TensorBoardLog : TrainingCallback
{
    private readonly string _folder;
    private readonly string? _text;
    private readonly int _every;
    private EventFile? _file;

    /// <param name="folder">Where the file is made, one for each training; the folder is made where there is none.</param>
    /// <param name="text">What is shown as the text <c>recipe</c>, such as <see cref="Recipe.ToJson"/>; null for none.</param>
    /// <param name="every">Steps from one that is written to the next, at least 1; the first of a training is written.</param>
    public TensorBoardLog(string folder, string? text = null, int every = 20)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        (_folder, _text, _every) = (folder, text, every);
    }

    /// <inheritdoc/>
    public override void TrainingStarted(Trainer trainer)
    {
        _file?.Dispose();
        _file = EventFile.Create(_folder);
        if (_text is not null)
        {
            // Indented by four spaces Markdown shows it as it is.
            string markdown = "    " + _text.ReplaceLineEndings("\n    ");
            Tensor tensor = new() { Dtype = 7, TensorShape = new TensorShape() };
            tensor.StringVal.Add(ByteString.CopyFrom(markdown, Encoding.UTF8));
            SummaryMetadata metadata = new() { PluginData = new PluginData { PluginName = "text" } };
            Write(step: 0, new SummaryValue { Tag = "recipe", Tensor = tensor, Metadata = metadata });
        }
        _file.Flush();
    }

    /// <inheritdoc/>
    public override void StepCompleted(Trainer trainer, StepResult step)
    {
        long inAll = (long)(step.Epoch - 1) * step.Steps + step.Step;
        if ((inAll - 1) % _every == 0)
        {
            Write(inAll, Scalar("step/loss", step.Loss), Scalar("step/learning_rate", step.LearningRate));
            _file!.Flush();
        }
    }

    /// <inheritdoc/>
    public override void EpochCompleted(Trainer trainer, EpochResult epoch)
    {
        List<SummaryValue> values = [Scalar("epoch/loss", epoch.Loss)];
        foreach ((string tag, double? value) in new[] { ("accuracy", epoch.Accuracy), ("validation_loss", epoch.ValidationLoss), ("validation_accuracy", epoch.ValidationAccuracy) })
        {
            if (value is double number)
            {
                values.Add(Scalar(string.Create(CultureInfo.InvariantCulture, $"epoch/{tag}"), number));
            }
        }
        Write(epoch.Epoch, [.. values]);
        _file!.Flush();
    }

    /// <inheritdoc/>
    public override void TrainingEnded(Trainer trainer, TrainingHistory history)
    {
        _file?.Dispose();
        _file = null;
    }

    private static SummaryValue Scalar(string tag, double value) => new() { Tag = tag, SimpleValue = (float)value };

    private void Write(long step, params SummaryValue[] values)
    {
        Summary summary = new();
        summary.Value.AddRange(values);
        _file!.Write(new Event { Step = step, Summary = summary });
    }
}
