using System.Reflection;
using System.Text.Json.Serialization;

namespace Nabla.Tests.Serialization;

/// <summary>What a model file names by its kind has only the kinds that it knows.</summary>
public sealed class ClosedTypesTests
{
    public static TheoryData<Type> Types() =>
        [.. typeof(Network).Assembly.GetExportedTypes().Where(type => type.GetCustomAttribute<JsonPolymorphicAttribute>() is not null)];

    [Theory]
    [MemberData(nameof(Types))]
    public void Other_programs_cannot_add_a_kind(Type type)
    {
        ConstructorInfo[] own = type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        ConstructorInfo made = Assert.Single(own, constructor => constructor.GetParameters().Length == 0);
        Assert.True(made.IsFamilyAndAssembly || made.IsAssembly, $"{type} can be derived from.");
    }

    [Fact]
    public void There_are_such_types() =>
        Assert.Superset(new HashSet<Type> { typeof(LayerSpec), typeof(Loss), typeof(Optimizer), typeof(Schedule), typeof(Initializer) }, Types().Select(row => row.Data).ToHashSet());
}
