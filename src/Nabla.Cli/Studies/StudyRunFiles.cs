using System.Text.Json;
using Nabla.Cli.Options;
using Nabla.IO;

namespace Nabla.Cli.Studies;

/// <summary>Writes into the folder of a study's run what <c>nabla train</c> leaves in a run's folder.</summary>
/// <param name="folder">The study's folder.</param>
/// <param name="source">What it trains on.</param>
internal sealed class StudyRunFiles(StudyFolder folder, DataSource.TrainingData source)
{
    /// <summary>Writes all but the model, and completes what the network says of its training.</summary>
    public void Save(TrainedStudyRun trained)
    {
        (Network network, TrainAndTest data) = (trained.Training.Network, trained.Training.Data);
        Evaluation? test = trained.Divergence is null ? network.Evaluate(data.Test, trained.Recipe.Training.Threads) : null;
        source.Remember(network, data, test);
        RunDescription description = new(trained.Run.Recipe, new DataRequest(folder.Study.Data, folder.Study.DataReading), null, null, TensorBoard: false)
        {
            Command = $"nabla sweep {Invocation.Quote(folder.FolderPath)}",
            Machine = MachineDescription.Current,
        };
        Write(RunFolder.RunName, description.ToJson() + "\n");
        Write(HistoryFile.Name, HistoryFile.Format(trained.History.Epochs));
        if (test is not null)
        {
            string model = Path.Combine(trained.PublishedFolder, RunFolder.ModelName);
            TrainSummary summary = TrainSummary.Create(trained.Recipe, network, trained.History, test, trained.Training.Trainer.Loss.OfConstantAnswer(data.Train.Targets), trained.Seconds, model, data.Source);
            Write(RunFolder.SummaryName, JsonSerializer.Serialize(summary, SummaryJson.Default.TrainSummary) + "\n");
        }

        void Write(string name, string text) => AtomicFile.Write(Path.Combine(trained.Folder, name), text);
    }
}
