namespace Nabla.Numerics;

/// <summary>What is done with each window of a pooling; see <see cref="Pooling"/>.</summary>
internal interface IPoolingKernel
{
    /// <summary>Prepares for the windows of one image.</summary>
    void Begin(int image);

    /// <summary>Treats one window in the channels <paramref name="channel"/> to <paramref name="channel"/> + <c>TLanes.Count</c> − 1.</summary>
    void Apply<TLanes>(in PoolingWindow window, nint channel)
        where TLanes : struct, ILanes<TLanes>;
}
