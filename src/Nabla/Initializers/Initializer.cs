using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;

namespace Nabla;

/// <summary>How a parameter begins. Numbers are drawn in double precision, row by row, and rounded to float.</summary>
public abstract record Initializer
{
    /// <summary>
    /// Makes a kind of initialiser known by a name, so that model files and recipes can have it. Call it once, when a program starts; ours are
    /// registered the same way.
    /// </summary>
    /// <typeparam name="T">The kind: a record whose options are its public members.</typeparam>
    /// <param name="name">How documents name it: lower-case letters, digits and dashes, no digit at the end; not another's.</param>
    /// <param name="defaults">One with the default of every option, which recipes need not say; members that are <c>required</c> and parameters of the constructor must be said.</param>
    /// <param name="json">The class that reads and writes it: a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/> with <c>[JsonSerializable(typeof(T))]</c>.</param>
    /// <exception cref="ArgumentException">The name is none or stands for another kind, or <paramref name="json"/> does not know the type.</exception>
    public static void Register<[DynamicallyAccessedMembers(Kinds.Members)] T>(string name, T defaults, IJsonTypeInfoResolver json)
        where T : Initializer => Kinds.Initializers.Register(name, defaults, json);

    /// <summary>All zeros.</summary>
    public static Initializer Zeros { get; } = new ZerosInitializer();

    /// <summary>He normal, variance 2 / inputs: for ReLU. He et al., "Delving Deep into Rectifiers", ICCV 2015.</summary>
    public static Initializer HeNormal { get; } = new VarianceScalingInitializer(2, Fan.In, Spread.Normal);

    /// <summary>He uniform, variance 2 / inputs: for ReLU.</summary>
    public static Initializer HeUniform { get; } = new VarianceScalingInitializer(2, Fan.In, Spread.Uniform);

    /// <summary>
    /// Glorot normal, variance 2 / (inputs + outputs): for sigmoid, tanh and outputs.
    /// Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010.
    /// </summary>
    public static Initializer GlorotNormal { get; } = new VarianceScalingInitializer(1, Fan.Average, Spread.Normal);

    /// <summary>Glorot uniform, variance 2 / (inputs + outputs): for sigmoid, tanh and outputs.</summary>
    public static Initializer GlorotUniform { get; } = new VarianceScalingInitializer(1, Fan.Average, Spread.Uniform);

    /// <summary>LeCun normal, variance 1 / inputs. LeCun et al., "Efficient BackProp", 1998.</summary>
    public static Initializer LeCunNormal { get; } = new VarianceScalingInitializer(1, Fan.In, Spread.Normal);

    /// <summary>LeCun uniform, variance 1 / inputs.</summary>
    public static Initializer LeCunUniform { get; } = new VarianceScalingInitializer(1, Fan.In, Spread.Uniform);

    /// <summary>Normal numbers of mean 0 and the given standard deviation.</summary>
    public static Initializer Normal(double deviation) => new NormalInitializer(deviation);

    /// <summary>Uniform numbers in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public static Initializer Uniform(double low, double high) => new UniformInitializer(low, high);

    /// <summary>How weights begin unless said otherwise: He normal before ReLU, Glorot uniform before all others.</summary>
    internal static Initializer DefaultFor(Activation activation) => activation == Activation.ReLU ? HeNormal : GlorotUniform;

    /// <summary>Fills a parameter.</summary>
    /// <param name="values">The numbers to fill, in the order in which they are drawn.</param>
    /// <param name="inputs">Inputs that feed one unit.</param>
    /// <param name="outputs">Units that one input feeds.</param>
    /// <param name="random">Where the numbers come from.</param>
    public abstract void Fill(Span<float> values, int inputs, int outputs, NumPyRandom random);
}
