using Nabla.Numerics;

namespace Nabla.Tests.Numerics;

/// <summary>The elementary functions of one float.</summary>
internal static class Scalar
{
    public static float Exp(float x) => Value(Elementary.Exp(Lanes1.Broadcast(x)));

    public static float Sigmoid(float x) => Value(Elementary.Sigmoid(Lanes1.Broadcast(x)));

    public static float Tanh(float x) => Value(Elementary.Tanh(Lanes1.Broadcast(x)));

    public static float NormalBelow(float x) => Value(Elementary.Normal(Lanes1.Broadcast(x)).Below);

    public static float NormalDensity(float x) => Value(Elementary.Normal(Lanes1.Broadcast(x)).Density);

    public static float LogOnePlus(float x) => Value(Elementary.LogOnePlus(Lanes1.Broadcast(x)));

    /// <summary>f(x) of one float.</summary>
    public static float Forward<TFunction>(TFunction function, float x)
        where TFunction : struct, IInputFunction => Value(function.Forward(Lanes1.Broadcast(x)));

    /// <summary>f′(x) of one float.</summary>
    public static float Derivative<TFunction>(TFunction function, float x)
        where TFunction : struct, IInputFunction => Value(function.Backward(Lanes1.Broadcast(x), Lanes1.Broadcast(1)));

    private static float Value(Lanes1 lanes)
    {
        float value = 0;
        lanes.Store(ref value, 0);
        return value;
    }
}
