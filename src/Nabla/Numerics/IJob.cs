namespace Nabla.Numerics;

/// <summary>Work that splits into equal parts which touch different results.</summary>
internal interface IJob
{
    /// <summary>Does part <paramref name="part"/> of <paramref name="parts"/>, counted from 0.</summary>
    void Run(int part, int parts);
}
