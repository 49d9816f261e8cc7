namespace Nabla.Numerics;

/// <summary>Adds to the values of each sample normal numbers from its own stream.</summary>
internal unsafe ref struct GaussianNoiseJob : IJob
{
    /// <summary>Where the samples draw from.</summary>
    public SampleRandom Random;

    /// <summary>Index of the layer.</summary>
    public int Layer;

    /// <summary>[rows, width].</summary>
    public float* Input;

    /// <summary>[rows, width].</summary>
    public float* Output;

    public int Rows;
    public int Width;

    /// <summary>Standard deviation of what is added.</summary>
    public float Deviation;

    public readonly void Run(int part, int parts)
    {
        for (int row = (int)((long)Rows * part / parts); row < (int)((long)Rows * (part + 1) / parts); row++)
        {
            Philox random = Random.ForLayer(row, Layer);
            float* from = Input + row * (nint)Width, to = Output + row * (nint)Width;
            random.FillNormal(new Span<float>(to, Width));
            for (int i = 0; i < Width; i++)
            {
                to[i] = from[i] + Deviation * to[i];
            }
        }
    }
}
