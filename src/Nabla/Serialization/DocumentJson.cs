using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Nabla;

/// <summary>
/// How model documents and recipes are read and written: without reflection, so also in trimmed and native programs. What is a kind of
/// something (a layer, a loss) has a member <c>type</c> with its name, see <see cref="Kinds"/>.
/// </summary>
/// <remarks>
/// All members that cannot be null are required: where one is missing, the generated code would set zero or false, not the member's own
/// default. <see cref="RecipeReader"/> fills in what a recipe leaves out before it is read.
/// </remarks>
internal static class DocumentJson
{
    /// <summary>The member that names a kind.</summary>
    public const string KindMember = "type";

    private static JsonSerializerOptions? _options;
    private static JsonSerializerOptions? _indented;

    /// <summary>On one line, as in model files; with all kinds that are registered by now.</summary>
    public static JsonSerializerOptions Options => Volatile.Read(ref _options) ?? Remember(ref _options, Create());

    /// <summary>On lines of their own, as recipes are.</summary>
    public static JsonSerializerOptions Indented => Volatile.Read(ref _indented) ?? Remember(ref _indented, new JsonSerializerOptions(Options) { WriteIndented = true });

    /// <summary>How a type is read and written.</summary>
    public static JsonTypeInfo<T> TypeOf<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    /// <summary>How a type is read and written; null where it is in no document.</summary>
    public static JsonTypeInfo? Find(Type type) => Options.TryGetTypeInfo(type, out JsonTypeInfo? found) ? found : null;

    /// <summary>After a kind was registered.</summary>
    public static void Renew()
    {
        Volatile.Write(ref _options, null);
        Volatile.Write(ref _indented, null);
    }

    /// <summary>The first kind that a document names and that is not registered, with the registry where it would be; null where there is none.</summary>
    public static (Kinds Kinds, string Name)? FirstUnknownKind(JsonNode? node, Type type)
    {
        if (Find(type) is not { } info)
        {
            return null;
        }
        if (node is JsonArray array && info.ElementType is Type element)
        {
            return array.Select(item => FirstUnknownKind(item, element)).FirstOrDefault(found => found is not null);
        }
        if (node is not JsonObject members)
        {
            return null;
        }
        if (Kinds.Of(type) is { } kinds)
        {
            if (members[KindMember] is not JsonValue value || !value.TryGetValue(out string? name))
            {
                return null;
            }
            if (kinds.Find(name) is not { } kind)
            {
                return (kinds, name);
            }
            info = Find(kind.Type)!;
        }
        return info.Properties.Select(property => FirstUnknownKind(members[property.Name], property.PropertyType)).FirstOrDefault(found => found is not null);
    }

    private static JsonSerializerOptions Create()
    {
        IJsonTypeInfoResolver[] resolvers = [DocumentContext.Default, .. Kinds.All.SelectMany(kinds => kinds.Resolvers).Distinct()];
        JsonSerializerOptions options = new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            AllowDuplicateProperties = false,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            TypeInfoResolver = JsonTypeInfoResolver.Combine(resolvers).WithAddedModifier(NameKinds),
        };
        options.MakeReadOnly();
        return options;
    }

    private static void NameKinds(JsonTypeInfo type)
    {
        if (Kinds.Of(type.Type) is { } kinds)
        {
            type.PolymorphismOptions = new JsonPolymorphismOptions { TypeDiscriminatorPropertyName = KindMember };
            foreach (Kind kind in kinds.Registered)
            {
                type.PolymorphismOptions.DerivedTypes.Add(new JsonDerivedType(kind.Type, kind.Name));
            }
        }
    }

    private static JsonSerializerOptions Remember(ref JsonSerializerOptions? place, JsonSerializerOptions options) =>
        Interlocked.CompareExchange(ref place, options, null) ?? options;
}

/// <summary>The types of our own documents.</summary>
// The writers that could be generated beside are for the generator's own options, not for ours: nobody would call them, and a native program has 270 KB less.
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ModelDocument))]
[JsonSerializable(typeof(Recipe))]
[JsonSerializable(typeof(CheckpointDocument))]
[JsonSerializable(typeof(ClaimRecord))]
[JsonSerializable(typeof(LifeSign))]
[JsonSerializable(typeof(RunRecord))]
[JsonSerializable(typeof(DenseSpec))]
[JsonSerializable(typeof(Convolution2DSpec))]
[JsonSerializable(typeof(DropoutSpec))]
[JsonSerializable(typeof(GaussianNoiseSpec))]
[JsonSerializable(typeof(BatchNormalizationSpec))]
[JsonSerializable(typeof(FlattenSpec))]
[JsonSerializable(typeof(Cropping2DSpec))]
[JsonSerializable(typeof(MaxPooling2DSpec))]
[JsonSerializable(typeof(AveragePooling2DSpec))]
[JsonSerializable(typeof(DepthwiseConvolution2DSpec))]
[JsonSerializable(typeof(GlobalAveragePooling2DSpec))]
[JsonSerializable(typeof(LayerNormalizationSpec))]
[JsonSerializable(typeof(ActivationSpec))]
[JsonSerializable(typeof(ClipSpec))]
[JsonSerializable(typeof(LeakyReLUSpec))]
[JsonSerializable(typeof(GELUSpec))]
[JsonSerializable(typeof(SiLUSpec))]
[JsonSerializable(typeof(SoftplusSpec))]
[JsonSerializable(typeof(RescalingSpec))]
[JsonSerializable(typeof(ResidualSpec))]
[JsonSerializable(typeof(AddSpec))]
[JsonSerializable(typeof(ConcatenateSpec))]
[JsonSerializable(typeof(SoftmaxAverageSpec))]
[JsonSerializable(typeof(QuadraticLoss))]
[JsonSerializable(typeof(SoftmaxCrossEntropyLoss))]
[JsonSerializable(typeof(Sgd))]
[JsonSerializable(typeof(Adam))]
[JsonSerializable(typeof(AdamW))]
[JsonSerializable(typeof(Lion))]
[JsonSerializable(typeof(ConstantSchedule))]
[JsonSerializable(typeof(LinearSchedule))]
[JsonSerializable(typeof(StepSchedule))]
[JsonSerializable(typeof(CosineSchedule))]
[JsonSerializable(typeof(OneCycleSchedule))]
[JsonSerializable(typeof(WarmUpSchedule))]
[JsonSerializable(typeof(PhaseSchedule))]
[JsonSerializable(typeof(ZerosInitializer))]
[JsonSerializable(typeof(NormalInitializer))]
[JsonSerializable(typeof(UniformInitializer))]
[JsonSerializable(typeof(VarianceScalingInitializer))]
[JsonSerializable(typeof(AffineAugmentation))]
[JsonSerializable(typeof(ElasticAugmentation))]
[JsonSerializable(typeof(StrokeThicknessAugmentation))]
[JsonSerializable(typeof(ContrastAugmentation))]
[JsonSerializable(typeof(NoiseAugmentation))]
[JsonSerializable(typeof(BlurAugmentation))]
[JsonSerializable(typeof(ErasingAugmentation))]
[JsonSerializable(typeof(ResolutionAugmentation))]
[JsonSerializable(typeof(MixupAugmentation))]
internal sealed partial class DocumentContext : JsonSerializerContext;
