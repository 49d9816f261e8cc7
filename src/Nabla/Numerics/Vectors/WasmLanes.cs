using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Wasm;

namespace Nabla.Numerics;

/// <summary>4 floats in a 128-bit value of WebAssembly, whose multiply-adds are emulated (<see cref="EmulatedMultiplyAdd"/>).</summary>
/// <remarks>
/// .NET interprets in a browser. A constructor, or a field that is read, costs its interpreter as much as several vector instructions;
/// <see cref="Unsafe.BitCast{TFrom, TTo}(TFrom)"/> costs nothing. But an argument then counts as a vector, which is put at a multiple of 16 bytes, while the function that is called looks for a
/// structure behind the argument before (.NET 10.0.12). So functions with arguments of this type are static and have them first, or are inlined.
/// </remarks>
internal readonly struct WasmLanes : ILanes<WasmLanes>
{
#pragma warning disable IDE0051, CS0169, CA1823 // Read and written as a whole.
    private readonly Vector128<float> _value;
#pragma warning restore IDE0051, CS0169, CA1823

    /// <summary>Whether this is WebAssembly.</summary>
    public static bool IsSupported => PackedSimd.IsSupported;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WasmLanes Load(ref readonly float source, nint index) => Of(Vector128.LoadUnsafe(in source, (nuint)index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref float destination, nint index) => ValueOf(this).StoreUnsafe(ref destination, (nuint)index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WasmLanes Broadcast(float value) => Of(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe WasmLanes LoadBytes(byte* source) => Of(Vector128.ConvertToSingle(
        Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalar(Unsafe.ReadUnaligned<uint>(source)).AsByte())).AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void AddProduct(ref WasmLanes sum, WasmLanes factor, float* other) =>
        sum = Of(EmulatedMultiplyAdd.Compute(ValueOf(factor), Vector128.Create(*other), ValueOf(sum)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void AddProducts(ref WasmLanes sum, WasmLanes factor, float* others) =>
        sum = Of(EmulatedMultiplyAdd.Compute(ValueOf(factor), Vector128.Load(others), ValueOf(sum)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WasmLanes operator +(WasmLanes left, WasmLanes right) => Of(ValueOf(left) + ValueOf(right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WasmLanes operator -(WasmLanes left, WasmLanes right) => Of(ValueOf(left) - ValueOf(right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WasmLanes operator *(WasmLanes left, WasmLanes right) => Of(ValueOf(left) * ValueOf(right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WasmLanes operator /(WasmLanes left, WasmLanes right) => Of(ValueOf(left) / ValueOf(right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WasmLanes FusedMultiplyAdd(WasmLanes a, WasmLanes b, WasmLanes c) => Of(EmulatedMultiplyAdd.Compute(ValueOf(a), ValueOf(b), ValueOf(c)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WasmLanes Sqrt(WasmLanes value) => Of(Vector128.Sqrt(ValueOf(value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WasmLanes Abs(WasmLanes value) => Of(Vector128.Abs(ValueOf(value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WasmLanes Min(WasmLanes left, WasmLanes right) => Of(Vector128.Min(ValueOf(left), ValueOf(right)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WasmLanes Max(WasmLanes left, WasmLanes right) => Of(Vector128.Max(ValueOf(left), ValueOf(right)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WasmLanes Round(WasmLanes value) => Of(Vector128.Round(ValueOf(value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WasmLanes PowerOfTwo(WasmLanes exponent) =>
        Of(((Vector128.ConvertToInt32(ValueOf(exponent)) + Vector128.Create(127, 127, 127, 127)) << 23).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WasmLanes CopySign(WasmLanes magnitude, WasmLanes sign) => Of(Vector128.CopySign(ValueOf(magnitude), ValueOf(sign)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WasmLanes WherePositive(WasmLanes value, WasmLanes then, WasmLanes otherwise) =>
        Of(Vector128.ConditionalSelect(Vector128.GreaterThan(ValueOf(value), Vector128<float>.Zero), ValueOf(then), ValueOf(otherwise)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WasmLanes FirstLanes(nint count) =>
        Of(Vector128.LessThan(Vector128.Create(0, 1, 2, 3), Vector128.Create((int)count)).AsSingle());

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static unsafe WasmLanes LoadWhere(WasmLanes mask, float* source)
    {
        int count = CountOf(mask);
        return Of(count == Count ? Vector128.Load(source) : Vector128.Create(count > 0 ? source[0] : 0, count > 1 ? source[1] : 0, count > 2 ? source[2] : 0, 0));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void StoreWhere(WasmLanes mask, float* destination) => StoreFirst(this, mask, destination);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe void StoreFirst(WasmLanes lanes, WasmLanes mask, float* destination)
    {
        Vector128<float> values = ValueOf(lanes);
        int count = CountOf(mask);
        for (int i = 0; i < count; i++)
        {
            destination[i] = values.GetElement(i);
        }
    }

    /// <summary>How many lanes a mask chooses: the first ones.</summary>
    private static int CountOf(WasmLanes mask) => BitOperations.PopCount(Vector128.ExtractMostSignificantBits(ValueOf(mask)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static WasmLanes Of(Vector128<float> value) => Unsafe.BitCast<Vector128<float>, WasmLanes>(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ValueOf(WasmLanes lanes) => Unsafe.BitCast<WasmLanes, Vector128<float>>(lanes);
}
