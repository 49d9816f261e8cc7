namespace Nabla.Tests;

/// <summary>Tests that need the process to themselves: no other test runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
