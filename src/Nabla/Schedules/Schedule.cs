using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;

namespace Nabla;

/// <summary>How the learning rate changes in the course of a training.</summary>
public abstract record Schedule
{
    /// <summary>
    /// Makes a kind of learning-rate schedule known by a name, so that model files and recipes can have it. Call it once, when a program starts; ours are
    /// registered the same way.
    /// </summary>
    /// <typeparam name="T">The kind: a record whose options are its public members.</typeparam>
    /// <param name="name">How documents name it: lower-case letters, digits and dashes, no digit at the end; not another's.</param>
    /// <param name="defaults">One with the default of every option, which recipes need not say; members that are <c>required</c> and parameters of the constructor must be said.</param>
    /// <param name="json">The class that reads and writes it: a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/> with <c>[JsonSerializable(typeof(T))]</c>.</param>
    /// <exception cref="ArgumentException">The name is none or stands for another kind, or <paramref name="json"/> does not know the type.</exception>
    public static void Register<[DynamicallyAccessedMembers(Kinds.Members)] T>(string name, T defaults, IJsonTypeInfoResolver json)
        where T : Schedule => Kinds.Schedules.Register(name, defaults, json);

    /// <summary>The learning rate stays what it is.</summary>
    public static Schedule Constant { get; } = new ConstantSchedule();

    /// <summary>The learning rate falls in a straight line and would reach 0 one step after the last.</summary>
    public static Schedule Linear { get; } = new LinearSchedule();

    /// <summary>The learning rate is multiplied by a factor after every so many epochs.</summary>
    /// <param name="epochs">Epochs from one fall to the next, at least 1.</param>
    /// <param name="factor">What it is multiplied by, above 0 and at most 1.</param>
    public static Schedule Step(int epochs, double factor = 0.1) => new StepSchedule { Epochs = epochs, Factor = factor };

    /// <summary>The learning rate falls along half a wave of a cosine, and would reach its end one step after the last.</summary>
    /// <param name="final">Share of the optimiser's rate at the end, from 0 to 1.</param>
    public static Schedule Cosine(double final = 0) => new CosineSchedule { FinalFraction = final };

    /// <summary>The learning rate rises to the optimiser's, and falls to nearly nothing.</summary>
    /// <param name="warmUp">Share of the steps in which it rises, at least 0 and below 1.</param>
    /// <param name="form">How it goes from one rate to another.</param>
    public static Schedule OneCycle(double warmUp = 0.3, RateCurve form = RateCurve.Cosine) => new OneCycleSchedule { WarmUpFraction = warmUp, Form = form };

    /// <summary>The learning rate first rises in a straight line, then another schedule begins.</summary>
    /// <param name="steps">Steps in which it rises, at least 1.</param>
    /// <param name="then">The schedule after; null for <see cref="Constant"/>.</param>
    public static Schedule WarmUp(int steps, Schedule? then = null) => new WarmUpSchedule { Steps = steps, Then = then ?? Constant };

    /// <summary>One learning rate after the other, each for some epochs, instead of the optimiser's rate.</summary>
    public static Schedule InPhases(params IEnumerable<(int Epochs, double LearningRate)> phases) =>
        new PhaseSchedule { Phases = [.. phases.Select(phase => new Phase { Epochs = phase.Epochs, LearningRate = phase.LearningRate })] };

    /// <summary>The learning rate of a step.</summary>
    /// <param name="learningRate">The optimiser's learning rate.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The step, from 0, counted from the beginning of the training.</param>
    /// <param name="steps">Number of steps in all, above <paramref name="step"/>.</param>
    public abstract double Rate(double learningRate, int epoch, long step, long steps);
}
