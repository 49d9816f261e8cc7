using System.CommandLine;

namespace Nabla.Cli.Options;

/// <summary>The options of <c>nabla train</c> that change by which rule weights are learnt: optimiser, schedule, loss, and what is done to gradients.</summary>
internal sealed class RuleOptions
{
    private readonly Option<double?> _learningRate = NumberOption.Create<double>(
        "--learning-rate", "Step size, instead of the recipe's or the optimiser's (0.004 for adam and adamw, 0.2 for sgd, 0.0004 for lion).",
        "a number above 0, such as 0.001", value => value > 0 && double.IsFinite(value));
    private readonly Option<string?> _optimizer = Choice("--optimizer", "The rule that changes the weights, instead of the recipe's.", "adam", "adamw", "lion", "sgd");
    private readonly Option<double?> _weightDecay = NumberOption.Create<double>(
        "--weight-decay", "Share of itself, times the learning rate, that a weight loses per step; with adam, that is adamw.", "a number of at least 0, such as 0.01", IsAtLeastZero);
    private readonly Option<string?> _schedule = Choice("--schedule", "How the learning rate changes, instead of the recipe's.", "constant", "cosine", "linear", "one-cycle");
    private readonly Option<int?> _warmUp = NumberOption.CreateCount("--warm-up", "Steps in which the learning rate rises before its schedule begins.");
    private readonly Option<double?> _l2 = NumberOption.Create<double>("--l2", "What times itself is added to the gradient of each weight.", "a number of at least 0, such as 0.0001", IsAtLeastZero);
    private readonly Option<double?> _clip = NumberOption.Create<double>(
        "--clip-gradient-norm", "Greatest length of the gradient; a longer one is shortened.", "a number above 0, such as 1", value => value > 0 && double.IsFinite(value));
    private readonly Option<int?> _accumulate = NumberOption.CreateCount("--accumulate", "Batches whose gradients are added up before the weights move once.");
    private readonly Option<double?> _labelSmoothing = NumberOption.Create<double>(
        "--label-smoothing", "Share of each label that is spread over all classes.", "a number of at least 0 and below 1, such as 0.1", value => value is >= 0 and < 1);
    private readonly Option<string?> _classWeights = Choice("--class-weights", "What samples of a class count: 'balanced' gives every class the same say, however many samples it has; 'none' the same to every sample.", "balanced", "none");

    /// <summary>All of them, in the order of the help.</summary>
    public IEnumerable<Option> All => [_learningRate, _optimizer, _weightDecay, _schedule, _warmUp, _l2, _clip, _accumulate, _labelSmoothing, _classWeights];

    /// <summary>The recipe with what was asked for.</summary>
    public Recipe Override(Recipe recipe, ParseResult arguments)
    {
        double? rate = arguments.GetValue(_learningRate);
        Optimizer optimizer = arguments.GetValue(_optimizer) switch
        {
            "sgd" => new Sgd { LearningRate = rate ?? 0.2 },
            "adam" => new Adam { LearningRate = rate ?? 0.004 },
            "adamw" => new AdamW { LearningRate = rate ?? 0.004 },
            "lion" => new Lion { LearningRate = rate ?? 0.0004 },
            _ => rate is double own ? recipe.Optimizer with { LearningRate = own } : recipe.Optimizer,
        };
        if (arguments.GetValue(_weightDecay) is double decay)
        {
            optimizer = optimizer switch
            {
                Sgd sgd => sgd with { WeightDecay = decay },
                Lion lion => lion with { WeightDecay = decay },
                AdamW adam => adam with { WeightDecay = decay },
                Adam adam => new AdamW { LearningRate = adam.LearningRate, Beta1 = adam.Beta1, Beta2 = adam.Beta2, Epsilon = adam.Epsilon, WeightDecay = decay },
                _ => optimizer,
            };
        }
        TrainingOptions training = recipe.Training with
        {
            L2 = arguments.GetValue(_l2) ?? recipe.Training.L2,
            ClipGradientNorm = arguments.GetValue(_clip) ?? recipe.Training.ClipGradientNorm,
            AccumulationSteps = arguments.GetValue(_accumulate) ?? recipe.Training.AccumulationSteps,
            BalanceClasses = arguments.GetValue(_classWeights) is string weights ? weights == "balanced" : recipe.Training.BalanceClasses,
            Schedule = ScheduleOf(recipe, arguments, hasOwnRate: rate is not null || arguments.GetValue(_optimizer) is not null),
        };
        Loss loss = arguments.GetValue(_labelSmoothing) is not double smoothing ? recipe.Loss
            : recipe.Loss is SoftmaxCrossEntropyLoss softmax ? softmax with { LabelSmoothing = smoothing }
            : throw new ArgumentException($"--label-smoothing: the loss of the recipe is {recipe.Loss}, expected softmax cross-entropy; take another recipe.");
        return recipe with { Training = training, Optimizer = optimizer, Loss = loss };
    }

    private Schedule ScheduleOf(Recipe recipe, ParseResult arguments, bool hasOwnRate)
    {
        Schedule schedule = arguments.GetValue(_schedule) switch
        {
            "constant" => Schedule.Constant,
            "linear" => Schedule.Linear,
            "cosine" => Schedule.Cosine(),
            "one-cycle" => Schedule.OneCycle(),
            // Phases have rates of their own, which would hide the one asked for.
            _ => recipe.Training.Schedule is PhaseSchedule && hasOwnRate ? Schedule.Constant : recipe.Training.Schedule,
        };
        return arguments.GetValue(_warmUp) is int steps ? Schedule.WarmUp(steps, schedule is WarmUpSchedule { Then: var then } ? then : schedule) : schedule;
    }

    private static bool IsAtLeastZero(double value) => value >= 0 && float.IsFinite((float)value);

    private static Option<string?> Choice(string name, string description, params string[] choices)
    {
        Option<string?> option = new(name) { Description = description, HelpName = string.Join('|', choices) };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is string value && !choices.Contains(value))
            {
                result.AddError($"{name}: found '{value}', expected {string.Join(", ", choices[..^1])} or {choices[^1]}.");
            }
        });
        return option;
    }
}
