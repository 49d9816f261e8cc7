using System.Reflection;

namespace Nabla.Tests;

/// <summary>
/// Tests that need the process to themselves: no other test runs beside them. Among them are all that compare numbers of
/// threads: beside another test's job the team is busy, and all parts of theirs would run on one thread.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}

public sealed class AloneTests
{
    [Fact]
    public void Whatever_takes_a_number_of_threads_runs_alone()
    {
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        string[] beside =
        [
            .. from type in typeof(Alone).Assembly.GetTypes()
               where type.GetMethods(All).Any(method => method.GetParameters().Any(parameter => parameter is { Name: "threads" } && parameter.ParameterType == typeof(int)))
               where type.GetMethods(All).Any(method => method.IsDefined(typeof(FactAttribute)))
               where type.GetCustomAttribute<CollectionAttribute>()?.Name != Alone.Name
               select type.Name,
        ];
        Assert.True(beside.Length == 0, string.Join(", ", beside));
    }
}
