namespace Nabla.Numerics;

/// <summary>
/// A handful of floats that are computed on together: 16, 8 or 4 in a vector register, or 1. A kernel is written once
/// over this interface and runs at every width. Each operation is IEEE exact per lane, so a result does not depend on
/// the width, and the one-lane version is at once the remainder loop and the scalar definition that tests compare with.
/// </summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
internal interface ILanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>Number of floats.</summary>
    static abstract int Count { get; }

    static abstract TSelf Load(ref readonly float source, nint index);

    void Store(ref float destination, nint index);

    static abstract TSelf Broadcast(float value);

    /// <summary>Bytes as floats.</summary>
    static abstract unsafe TSelf LoadBytes(byte* source);

    /// <summary>sum = factor · *other + sum with one rounding, in the form that compiles to one instruction.</summary>
    static abstract unsafe void AddProduct(ref TSelf sum, TSelf factor, float* other);

    /// <summary>sum = factor · others + sum with one rounding, with a whole vector of others, in the form that compiles to one instruction.</summary>
    static abstract unsafe void AddProducts(ref TSelf sum, TSelf factor, float* others);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary><c>a · b + c</c> with one rounding.</summary>
    static abstract TSelf FusedMultiplyAdd(TSelf a, TSelf b, TSelf c);

    static abstract TSelf Sqrt(TSelf value);

    static abstract TSelf Abs(TSelf value);

    /// <summary>The smaller of both; NaN where either is NaN.</summary>
    static abstract TSelf Min(TSelf left, TSelf right);

    /// <summary>The larger of both; NaN where either is NaN.</summary>
    static abstract TSelf Max(TSelf left, TSelf right);

    /// <summary>The nearest whole number, halves to even.</summary>
    static abstract TSelf Round(TSelf value);

    /// <summary>2 to the power of <paramref name="exponent"/>, a whole number from −126 to 127.</summary>
    static abstract TSelf PowerOfTwo(TSelf exponent);

    /// <summary>The magnitude of the first with the sign of the second.</summary>
    static abstract TSelf CopySign(TSelf magnitude, TSelf sign);

    /// <summary><paramref name="then"/> where <paramref name="value"/> is above zero, else <paramref name="otherwise"/> (so also for NaN).</summary>
    static abstract TSelf WherePositive(TSelf value, TSelf then, TSelf otherwise);

    /// <summary>A mask for <see cref="LoadWhere"/> and <see cref="StoreWhere"/> that chooses the first <paramref name="count"/> lanes, 0 to all.</summary>
    static abstract TSelf FirstLanes(nint count);

    /// <summary>Loads the chosen lanes and puts 0 into the others, whose memory is not touched.</summary>
    static abstract unsafe TSelf LoadWhere(TSelf mask, float* source);

    /// <summary>Stores the chosen lanes; the memory of the others is not touched.</summary>
    unsafe void StoreWhere(TSelf mask, float* destination);
}
