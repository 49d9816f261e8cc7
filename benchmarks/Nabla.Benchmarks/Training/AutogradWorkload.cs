using static TorchSharp.torch;

namespace Nabla.Benchmarks.Training;

/// <summary>A training workload whose gradients libtorch finds by itself.</summary>
internal abstract class AutogradWorkload : TrainingWorkload
{
    /// <summary>The network in TorchSharp; parameters as in <see cref="TorchStep"/>.</summary>
    public abstract Tensor TorchForward(Tensor x, Tensor[] p, double dropout);

    /// <summary>A convolution without biases and the normalisation by the statistics of its batch, whose parameters come one after the other.</summary>
    protected static Tensor NormalizedConvolution(Tensor input, Tensor[] p, ref int next, long stride, long padding)
    {
        Tensor summed = nn.functional.conv2d(input, p[next++], strides: [stride, stride], padding: [padding, padding]);
        Tensor scale = p[next++], offset = p[next++];
        return nn.functional.batch_norm(summed, null!, null!, scale, offset, training: true);
    }

    public override Tensor TorchStep(Tensor x, Tensor y, Tensor[] p, double dropout)
    {
        Tensor output = TorchForward(x, p, dropout);
        Tensor loss = Loss is SoftmaxCrossEntropyLoss
            ? nn.functional.cross_entropy(output, y)
            : nn.functional.mse_loss(output, y, nn.Reduction.Sum) * (0.5f / BatchSize);
        IList<Tensor> gradients = autograd.grad([loss], p);
        using (no_grad())
        {
            for (int i = 0; i < p.Length; i++)
            {
                p[i].add_(gradients[i], -LearningRate);
            }
        }
        return loss;
    }
}
