namespace Nabla.Numerics;

/// <summary>An activation function and its twin.</summary>
internal interface IActivationFunction
{
    /// <summary>y = f(x).</summary>
    static abstract T Forward<T>(T x)
        where T : struct, ILanes<T>;

    /// <summary>dx = dy · f′(x), written in terms of y.</summary>
    static abstract T Backward<T>(T y, T dy)
        where T : struct, ILanes<T>;
}
