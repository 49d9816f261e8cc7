namespace Nabla;

/// <summary>How a tool lays out the weights of its layers.</summary>
public enum WeightLayout
{
    /// <summary>As Keras and Nabla: dense weights [inputs, outputs], kernels [height, width, channels in, channels out], images flattened with their channels last.</summary>
    Keras,

    /// <summary>As PyTorch: dense weights [outputs, inputs], kernels [channels out, channels in, height, width], images flattened with their channels first.</summary>
    PyTorch,
}
