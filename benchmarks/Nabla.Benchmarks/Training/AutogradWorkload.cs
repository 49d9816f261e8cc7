using static TorchSharp.torch;

namespace Nabla.Benchmarks.Training;

/// <summary>A training workload whose gradients libtorch finds by itself.</summary>
internal abstract class AutogradWorkload : TrainingWorkload
{
    /// <summary>The network in TorchSharp; parameters as in <see cref="TorchStep"/>.</summary>
    public abstract Tensor TorchForward(Tensor x, Tensor[] p, double dropout);

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
