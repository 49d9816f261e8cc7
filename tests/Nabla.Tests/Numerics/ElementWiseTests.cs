using System.Runtime.InteropServices;
using Nabla.Numerics;

namespace Nabla.Tests.Numerics;

[Collection(Alone.Name)]
public sealed class ElementWiseTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Visits_every_element_once_and_no_other(int threads)
    {
        // From 16,384 elements a thread on, work is split.
        foreach (int length in (int[])[.. Enumerable.Range(0, 70), 7 * 16_384, 7 * 16_384 + 13, 200_003])
        {
            GuardedBuffer buffer = new(new float[length]);
            Increment kernel = new(buffer.Contents);
            ElementWise.Run(ref kernel, length, threads);
            Assert.False(buffer.Contents.ContainsAnyExcept(1f), $"length {length}");
            Assert.True(buffer.IsIntact, $"length {length}");
        }
    }

    private readonly ref struct Increment(Span<float> values) : IElementKernel
    {
        private readonly ref float _values = ref MemoryMarshal.GetReference(values);

        public void Apply<T>(nint index)
            where T : struct, ILanes<T> => (T.Load(ref _values, index) + T.Broadcast(1)).Store(ref _values, index);
    }
}
