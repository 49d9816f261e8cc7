using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Nabla;

/// <summary>A kind of layer, loss, optimiser, schedule, initialiser or augmentation that documents can name.</summary>
/// <param name="Name">How documents name it.</param>
/// <param name="Type">The type that describes it.</param>
/// <param name="Defaults">A description with the default of every option that has one.</param>
/// <param name="Required">Names of the options, as in documents, that have none.</param>
/// <param name="Json">Reads and writes it.</param>
internal sealed record Kind(string Name, Type Type, object Defaults, IReadOnlyList<string> Required, IJsonTypeInfoResolver Json);

/// <summary>
/// The kinds of one sort that model files and recipes can name: ours and those that a program adds, by the same way. A document is data from
/// somewhere else, so a name stands for a type only where it was registered; none is looked up by its name.
/// </summary>
internal sealed class Kinds
{
    /// <summary>Kinds of layers.</summary>
    public static readonly Kinds Layers = new Kinds(typeof(LayerSpec), "layer")
        .With("dense", new DenseSpec { Units = 1 })
        .With("convolution2d", new Convolution2DSpec { Filters = 1, KernelHeight = 1, KernelWidth = 1 })
        .With("dropout", new DropoutSpec())
        .With("gaussiannoise", new GaussianNoiseSpec())
        .With("batchnormalization", new BatchNormalizationSpec())
        .With("flatten", new FlattenSpec())
        .With("cropping2d", new Cropping2DSpec())
        .With("maxpooling2d", new MaxPooling2DSpec { KernelHeight = 1, KernelWidth = 1 })
        .With("averagepooling2d", new AveragePooling2DSpec { KernelHeight = 1, KernelWidth = 1 })
        .With("depthwiseconvolution2d", new DepthwiseConvolution2DSpec { KernelHeight = 1, KernelWidth = 1 })
        .With("globalaveragepooling2d", new GlobalAveragePooling2DSpec())
        .With("layernormalization", new LayerNormalizationSpec())
        .With("leakyrelu", new LeakyReLUSpec())
        .With("gelu", new GELUSpec())
        .With("silu", new SiLUSpec())
        .With("softplus", new SoftplusSpec())
        .With("activation", new ActivationSpec { Function = Activation.ReLU })
        .With("clip", new ClipSpec())
        .With("rescaling", new RescalingSpec())
        .With("residual", new ResidualSpec { Body = [] })
        .With("add", new AddSpec())
        .With("concatenate", new ConcatenateSpec())
        .With("softmaxaverage", new SoftmaxAverageSpec());

    /// <summary>Kinds of losses.</summary>
    public static readonly Kinds Losses = new Kinds(typeof(Loss), "loss")
        .With("quadratic", new QuadraticLoss())
        .With("softmax-cross-entropy", new SoftmaxCrossEntropyLoss());

    /// <summary>Kinds of optimisers.</summary>
    public static readonly Kinds Optimizers = new Kinds(typeof(Optimizer), "optimiser")
        .With("sgd", new Sgd())
        .With("adam", new Adam())
        .With("adamw", new AdamW())
        .With("lion", new Lion());

    /// <summary>Kinds of learning-rate schedules.</summary>
    public static readonly Kinds Schedules = new Kinds(typeof(Schedule), "schedule")
        .With("constant", new ConstantSchedule())
        .With("linear", new LinearSchedule())
        .With("step", new StepSchedule { Epochs = 1 })
        .With("cosine", new CosineSchedule())
        .With("one-cycle", new OneCycleSchedule())
        .With("warm-up", new WarmUpSchedule())
        .With("phases", new PhaseSchedule { Phases = [new Phase { Epochs = 1, LearningRate = 1 }] });

    /// <summary>Kinds of initialisers.</summary>
    public static readonly Kinds Initializers = new Kinds(typeof(Initializer), "initialiser")
        .With("zeros", new ZerosInitializer())
        .With("normal", new NormalInitializer(1))
        .With("uniform", new UniformInitializer(-1, 1))
        .With("variance-scaling", new VarianceScalingInitializer(1, Fan.In, Spread.Normal));

    /// <summary>Kinds of augmentations.</summary>
    public static readonly Kinds Augmentations = new Kinds(typeof(Augmentation), "augmentation")
        .With("affine", new AffineAugmentation())
        .With("elastic", new ElasticAugmentation())
        .With("stroke-thickness", new StrokeThicknessAugmentation())
        .With("contrast", new ContrastAugmentation())
        .With("noise", new NoiseAugmentation())
        .With("blur", new BlurAugmentation())
        .With("erasing", new ErasingAugmentation())
        .With("resolution", new ResolutionAugmentation())
        .With("mixup", new MixupAugmentation());

    private const int MaxNameLength = 50;

    private readonly Type _baseType;
    private readonly string _sort;

    // Replaced, never changed, so that readers need no lock.
    private volatile Kind[] _registered = [];
    private readonly Lock _changes = new();

    private Kinds(Type baseType, string sort) => (_baseType, _sort) = (baseType, sort);

    /// <summary>Of all sorts.</summary>
    public static IEnumerable<Kinds> All => [Layers, Losses, Optimizers, Schedules, Initializers, Augmentations];

    /// <summary>Those registered, ours first.</summary>
    public IReadOnlyList<Kind> Registered => _registered;

    /// <summary>What reads and writes those of other programs.</summary>
    public IEnumerable<IJsonTypeInfoResolver> Resolvers => _registered.Select(kind => kind.Json);

    /// <summary>The kinds of a sort, by the type that all derive from; null where that is no such type.</summary>
    public static Kinds? Of(Type baseType) => All.FirstOrDefault(kinds => kinds._baseType == baseType);

    /// <summary>The defaults and required options of a registered type; null where it is of no registered kind.</summary>
    public static Kind? OfType(Type type) => All.Select(kinds => kinds.Find(type)).FirstOrDefault(kind => kind is not null);

    /// <summary>The kind of a name; null where none has it.</summary>
    public Kind? Find(string name) => Array.Find(_registered, kind => kind.Name == name);

    /// <summary>The kind of a type; null where it is not registered.</summary>
    public Kind? Find(Type type) => Array.Find(_registered, kind => kind.Type == type);

    /// <summary>Adds a kind, so that documents can name it.</summary>
    /// <exception cref="ArgumentException">The name is none, or it or the type stand for another kind already; or <paramref name="json"/> does not know the type.</exception>
    public void Register<[DynamicallyAccessedMembers(Members)] T>(string name, T defaults, IJsonTypeInfoResolver json)
        where T : notnull
    {
        if (name.Length is 0 or > MaxNameLength || !name.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-')
            || !char.IsAsciiLetter(name[0]) || char.IsAsciiDigit(name[^1]))
        {
            throw new ArgumentException($"A kind cannot be named '{name}', expected 1 to {MaxNameLength} lower-case letters, digits and dashes that begin with a letter and do not end with a digit: layers are numbered.", nameof(name));
        }
        if (defaults.GetType() != typeof(T))
        {
            throw new ArgumentException($"The defaults of '{name}' are a {defaults.GetType().Name}, expected a {typeof(T).Name} itself.", nameof(defaults));
        }
        if (json.GetTypeInfo(typeof(T), new JsonSerializerOptions { TypeInfoResolver = json }) is null)
        {
            throw new ArgumentException($"{json.GetType().Name} does not know {typeof(T).Name}; give that class the attribute [JsonSerializable(typeof({typeof(T).Name}))].", nameof(json));
        }
        lock (_changes)
        {
            foreach (Kind other in _registered)
            {
                if (other.Type == typeof(T) ? other.Name != name : other.Name == name)
                {
                    throw new ArgumentException($"The {_sort} '{name}' is {typeof(T).Name}, but {other.Type.Name} is registered as '{other.Name}'; register each type once, under a name of its own.", nameof(name));
                }
            }
            Kind kind = new(name, typeof(T), defaults, RequiredOf<T>(), json);
            // In its place: a second call with the same name and type is no error.
            _registered = [.. _registered.Where(other => other.Type != typeof(T)), kind];
        }
        DocumentJson.Renew();
    }

    /// <summary>What to do where a document names a kind that is not registered, or something is of one.</summary>
    public string HowToRegister => $"{_baseType.Name}.Register";

    /// <summary>What it is a sort of: <c>layer</c>.</summary>
    public string Sort => _sort;

    /// <summary>Options, as documents name them, that have no default: members that are required, and parameters of the constructor where there is none without.</summary>
    internal static string[] RequiredOf<[DynamicallyAccessedMembers(Members)] T>()
    {
        ConstructorInfo[] constructors = typeof(T).GetConstructors();
        IEnumerable<string?> parameters = Array.Exists(constructors, constructor => constructor.GetParameters().Length == 0)
            ? []
            : constructors.SelectMany(constructor => constructor.GetParameters()).Where(parameter => !parameter.HasDefaultValue).Select(parameter => parameter.Name);
        return
        [
            .. typeof(T).GetProperties().Where(property => property.IsDefined(typeof(RequiredMemberAttribute))).Select(property => property.Name)
                .Concat(parameters.OfType<string>()).Select(JsonNamingPolicy.CamelCase.ConvertName).Distinct(),
        ];
    }

    /// <summary>What has to be kept of a kind's type in trimmed programs.</summary>
    internal const DynamicallyAccessedMemberTypes Members = DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicConstructors;

    private Kinds With<[DynamicallyAccessedMembers(Members)] T>(string name, T defaults)
        where T : notnull
    {
        _registered = [.. _registered, new Kind(name, typeof(T), defaults, RequiredOf<T>(), DocumentContext.Default)];
        return this;
    }
}
