using Nabla.Numerics;

namespace Nabla.Tests.Numerics;

/// <summary>The elementary functions of one float.</summary>
internal static class Scalar
{
    public static float Exp(float x) => Value(Elementary.Exp(Lanes1.Broadcast(x)));

    public static float Sigmoid(float x) => Value(Elementary.Sigmoid(Lanes1.Broadcast(x)));

    public static float Tanh(float x) => Value(Elementary.Tanh(Lanes1.Broadcast(x)));

    private static float Value(Lanes1 lanes)
    {
        float value = 0;
        lanes.Store(ref value, 0);
        return value;
    }
}
