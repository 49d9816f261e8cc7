namespace Nabla.Numerics;

/// <summary>The functions that <see cref="Activation"/> names.</summary>
internal static class ActivationFunctions
{
    public readonly struct Identity : IActivationFunction
    {
        public static T Forward<T>(T x)
            where T : struct, ILanes<T> => x;

        public static T Backward<T>(T y, T dy)
            where T : struct, ILanes<T> => dy;
    }

    public readonly struct Sigmoid : IActivationFunction
    {
        public static T Forward<T>(T x)
            where T : struct, ILanes<T> => Elementary.Sigmoid(x);

        public static T Backward<T>(T y, T dy)
            where T : struct, ILanes<T> => dy * (y * (T.Broadcast(1) - y));
    }

    public readonly struct Tanh : IActivationFunction
    {
        public static T Forward<T>(T x)
            where T : struct, ILanes<T> => Elementary.Tanh(x);

        public static T Backward<T>(T y, T dy)
            where T : struct, ILanes<T> => dy * (T.Broadcast(1) - y * y);
    }

    public readonly struct ReLU : IActivationFunction
    {
        public static T Forward<T>(T x)
            where T : struct, ILanes<T> => T.Max(x, T.Broadcast(0));

        public static T Backward<T>(T y, T dy)
            where T : struct, ILanes<T> => T.WherePositive(y, dy, T.Broadcast(0));
    }
}

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
