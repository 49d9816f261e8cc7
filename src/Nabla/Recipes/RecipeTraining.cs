namespace Nabla;

/// <summary>The training of a recipe before it begins: its samples, its network, still without weights, and its trainer, whose events can be listened to.</summary>
public sealed class RecipeTraining
{
    private readonly Recipe _recipe;
    private readonly NumPyRandom _random;

    internal RecipeTraining(Recipe recipe, TrainAndTest data)
    {
        _recipe = recipe;
        _random = new NumPyRandom(recipe.Training.Seed);
        Data = recipe.Data.Choose(data, _random);
        Network = recipe.CreateNetwork();
        Trainer = new Trainer(Network, recipe.Loss, recipe.Optimizer);
    }

    /// <summary>The samples that the recipe chooses.</summary>
    public TrainAndTest Data { get; }

    /// <summary>The network. Weights that it is given before <see cref="Fit"/> are trained on.</summary>
    public Network Network { get; }

    /// <summary>Who trains it.</summary>
    public Trainer Trainer { get; }

    /// <summary>Trains the network, as <see cref="Trainer.Fit(DataSet, TrainingOptions?, DataSet?, CancellationToken)"/> does. Once: the random numbers go on.</summary>
    /// <param name="cancellation">Stops training after the step under way, without an error.</param>
    /// <exception cref="ArgumentException">The data does not fit the recipe's network, or leaves nothing to train on.</exception>
    /// <exception cref="TrainingDivergedException">The loss became infinite or not a number; the network has the weights of the best epoch before.</exception>
    public TrainingHistory Fit(CancellationToken cancellation = default) => Trainer.Fit(Data.Train, _recipe.Training, _random, Data.Validation, cancellation);

    /// <summary>Goes on with the training from a checkpoint, as <see cref="Trainer.Resume"/> does. Once, instead of <see cref="Fit"/>.</summary>
    /// <param name="checkpoint">Path of the checkpoint.</param>
    /// <param name="cancellation">Stops training after the step under way, without an error.</param>
    /// <exception cref="ArgumentException">The checkpoint is of another training, or the data does not fit.</exception>
    /// <exception cref="MalformedFileException">The checkpoint is damaged, or none.</exception>
    /// <exception cref="TrainingDivergedException">The loss became infinite or not a number.</exception>
    public TrainingHistory Resume(string checkpoint, CancellationToken cancellation = default) =>
        Trainer.Resume(checkpoint, Data.Train, _recipe.Training, _random, Data.Validation, cancellation);

    /// <summary>
    /// Trains as <see cref="Fit"/> or <see cref="Resume"/>, to the same bits, and awaits <paramref name="stepCompleted"/> after each step, as
    /// <see cref="Trainer.FitAsync(DataSet, Func{StepResult, Task}, TrainingOptions?, DataSet?, CancellationToken)"/> does: to pause, or to leave the thread to others now and then. Once, instead of <see cref="Fit"/>.
    /// </summary>
    /// <param name="stepCompleted">Awaited after each step.</param>
    /// <param name="checkpoint">Path of a checkpoint to go on from; null to begin.</param>
    /// <param name="cancellation">Stops training after the step under way, without an error.</param>
    /// <exception cref="ArgumentException">The data does not fit the recipe's network, or the checkpoint is of another training.</exception>
    /// <exception cref="MalformedFileException">The checkpoint is damaged, or none.</exception>
    /// <exception cref="TrainingDivergedException">The loss became infinite or not a number.</exception>
    public Task<TrainingHistory> FitAsync(Func<StepResult, Task> stepCompleted, string? checkpoint = null, CancellationToken cancellation = default) =>
        Trainer.FitAsync(Data.Train, stepCompleted, _recipe.Training, _random, Data.Validation, checkpoint is null ? null : Checkpoint.Load(checkpoint), cancellation);
}
