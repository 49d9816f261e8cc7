namespace Nabla;

/// <summary>Guards against numbers that name no activation, such as those of a damaged model file.</summary>
internal static class ActivationCheck
{
    public static Activation Defined(Activation value, string name) => Enum.IsDefined(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, "There is no such activation.");
}
