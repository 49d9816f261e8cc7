using Nabla.Numerics;

namespace Nabla.Tests.Numerics;

public sealed class ByteConversionTests
{
    [Fact]
    public void Quotients_are_those_of_a_division_for_every_byte_and_divisor()
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i), 1, 2, 3];
        float[] divisors = [.. Enumerable.Range(1, 1000).Select(i => (float)i), .. Numbers.Normal(new NumPyRandom(1), 1000).Select(Math.Abs), 1e-30f, 1e30f, 3e38f, 1e-38f];
        foreach (float divisor in divisors)
        {
            GuardedBuffer quotients = new(new float[bytes.Length]);
            ByteConversion.Divide(bytes, divisor, quotients.Contents);
            Numbers.AssertBits([.. bytes.Select(value => value / divisor)], quotients.Contents, $"divisor {divisor:R}");
            Assert.True(quotients.IsIntact);
        }
    }
}
