using System.Numerics;

namespace Nabla;

/// <summary>Does something with the numbers of an array, whatever their type.</summary>
/// <typeparam name="TResult">What comes of it.</typeparam>
internal interface INumericVisitor<TResult>
{
    /// <summary>Sees all numbers, the last index fastest.</summary>
    TResult Visit<T>(ReadOnlySpan<T> values)
        where T : unmanaged, INumber<T>;
}
