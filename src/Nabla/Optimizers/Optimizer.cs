using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Nabla;

/// <summary>The rule by which a gradient changes parameters. This is its description; <see cref="Start"/> makes its memory.</summary>
public abstract record Optimizer
{
    /// <summary>
    /// Makes a kind of optimiser known by a name, so that model files and recipes can have it. Call it once, when a program starts; ours are
    /// registered the same way.
    /// </summary>
    /// <typeparam name="T">The kind: a record whose options are its public members.</typeparam>
    /// <param name="name">How documents name it: lower-case letters, digits and dashes, no digit at the end; not another's.</param>
    /// <param name="defaults">One with the default of every option, which recipes need not say; members that are <c>required</c> and parameters of the constructor must be said.</param>
    /// <param name="json">The class that reads and writes it: a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/> with <c>[JsonSerializable(typeof(T))]</c>.</param>
    /// <exception cref="ArgumentException">The name is none or stands for another kind, or <paramref name="json"/> does not know the type.</exception>
    public static void Register<[DynamicallyAccessedMembers(Kinds.Members)] T>(string name, T defaults, IJsonTypeInfoResolver json)
        where T : Optimizer => Kinds.Optimizers.Register(name, defaults, json);

    /// <summary>Step size, above 0.</summary>
    [JsonRequired]
    public double LearningRate
    {
        get;
        init => field = value > 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(LearningRate), value, "The learning rate must be a number above 0.");
    }

    /// <summary>Makes the memory (velocities, moments) for a vector of <paramref name="parameterCount"/> parameters, all zero.</summary>
    public abstract OptimizerState Start(int parameterCount);
}
