using System.Runtime.CompilerServices;

namespace Nabla.Numerics;

/// <summary>A vector of channels that is whole, or the last few of them, which a mask chooses. Some processors take twenty times as long to store some lanes as to store all.</summary>
internal static unsafe class ChannelLanes
{
    /// <summary>A whole vector; its mask is not looked at.</summary>
    public readonly struct All : IChannelLanes
    {
        static bool IChannelLanes.All => true;
    }

    /// <summary>The last few channels.</summary>
    public readonly struct First : IChannelLanes
    {
        public static bool All => false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T, TLanes>(float* from, T mask)
        where T : struct, ILanes<T>
        where TLanes : struct, IChannelLanes => TLanes.All ? T.Load(in *from, 0) : T.LoadWhere(mask, from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T, TLanes>(float* to, T mask, T values)
        where T : struct, ILanes<T>
        where TLanes : struct, IChannelLanes
    {
        if (TLanes.All)
        {
            values.Store(ref *to, 0);
        }
        else
        {
            values.StoreWhere(mask, to);
        }
    }

    /// <summary>sum = factor · what is loaded + sum with one rounding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProducts<T, TLanes>(ref T sum, T factor, float* from, T mask)
        where T : struct, ILanes<T>
        where TLanes : struct, IChannelLanes
    {
        if (TLanes.All)
        {
            T.AddProducts(ref sum, factor, from);
        }
        else
        {
            sum = T.FusedMultiplyAdd(factor, T.LoadWhere(mask, from), sum);
        }
    }
}

/// <summary>Whether a vector of channels is whole, as a type so that the compiler knows it.</summary>
internal interface IChannelLanes
{
    /// <summary>Whether all lanes are channels.</summary>
    static abstract bool All { get; }
}
