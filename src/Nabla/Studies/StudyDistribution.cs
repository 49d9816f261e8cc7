using System.Globalization;
using System.Text.Json.Nodes;

namespace Nabla;

/// <summary>What values of an option are drawn from.</summary>
internal abstract record StudyDistribution
{
    /// <summary>Draws one.</summary>
    public abstract JsonNode? Draw(ref Philox random);

    /// <summary>What a study file calls it, with its members.</summary>
    public abstract JsonObject ToJson();

    /// <summary>Six significant digits: as many as anybody would type, and no trace of how a platform prints the rest.</summary>
    protected static JsonNode Rounded(double value, double low, double high) =>
        JsonValue.Create(Math.Clamp(double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), low, high));
}

/// <summary>Each number between two is as likely as the others.</summary>
internal sealed record UniformDistribution(double Low, double High) : StudyDistribution
{
    public const string Name = "uniform";

    public override JsonNode Draw(ref Philox random) => Rounded(Low + (High - Low) * random.NextDouble(), Low, High);

    public override JsonObject ToJson() => new() { [DocumentJson.KindMember] = Name, ["low"] = Low, ["high"] = High };
}

/// <summary>Each order of magnitude between two numbers is as likely as the others: for learning rates and the like.</summary>
internal sealed record LogUniformDistribution(double Low, double High) : StudyDistribution
{
    public const string Name = "log-uniform";

    private const int Bits = 32;

    public override JsonNode Draw(ref Philox random)
    {
        // Low · (High / Low)^u, by the binary digits of u. Logarithms of C libraries differ in their last bits from platform to platform; square roots do not.
        uint digits = random.NextUInt32();
        double value = Low, factor = High / Low;
        for (int bit = 1; bit <= Bits; bit++)
        {
            factor = Math.Sqrt(factor);
            value *= (digits >> (Bits - bit) & 1) == 1 ? factor : 1;
        }
        return Rounded(value, Low, High);
    }

    public override JsonObject ToJson() => new() { [DocumentJson.KindMember] = Name, ["low"] = Low, ["high"] = High };
}

/// <summary>Each whole number from one to another is as likely as the others.</summary>
internal sealed record IntegerDistribution(int Low, int High) : StudyDistribution
{
    public const string Name = "integers";

    public override JsonNode Draw(ref Philox random) => JsonValue.Create(Low + random.NextBelow(High - Low + 1));

    public override JsonObject ToJson() => new() { [DocumentJson.KindMember] = Name, ["low"] = Low, ["high"] = High };
}

/// <summary>Each of some values is as likely as the others.</summary>
internal sealed record ChoiceDistribution(IReadOnlyList<JsonNode?> Values) : StudyDistribution
{
    public const string Name = "choice";

    public override JsonNode? Draw(ref Philox random) => Values[random.NextBelow(Values.Count)]?.DeepClone();

    public override JsonObject ToJson() => new() { [DocumentJson.KindMember] = Name, ["values"] = new JsonArray([.. Values.Select(value => value?.DeepClone())]) };
}
