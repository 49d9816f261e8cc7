using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>What mean and deviation are taken over when features are standardised; always over all training samples.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StandardizationScope>))]
public enum StandardizationScope
{
    /// <summary>Each value of a sample by itself: as many means as a sample has values.</summary>
    Value,

    /// <summary>The columns of an image, over all its rows: as many means as a row has values.</summary>
    Column,

    /// <summary>Everything: one mean.</summary>
    All,
}
