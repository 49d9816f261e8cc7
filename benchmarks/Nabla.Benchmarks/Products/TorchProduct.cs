using TorchSharp;

namespace Nabla.Benchmarks.Products;

/// <summary>libtorch's product into a result that is there already, as Nabla's.</summary>
internal sealed class TorchProduct : InProcessContestant
{
    private readonly DisposeScope _scope = torch.NewDisposeScope();
    private readonly torch.Tensor _left;
    private readonly torch.Tensor _right;
    private readonly torch.Tensor _result;

    public TorchProduct(ProductWorkload product, int threads)
    {
        torch.set_num_threads(threads);
        torch.Tensor left = torch.tensor(product.Left, [product.LeftShape[0], product.LeftShape[1]]);
        torch.Tensor right = torch.tensor(product.Right, [product.RightShape[0], product.RightShape[1]]);
        _left = product.Kind == ProductKind.WeightGradient ? left.t() : left;
        _right = product.Kind == ProductKind.InputGradient ? right.t() : right;
        _result = torch.zeros(product.ResultShape[0], product.ResultShape[1]);
    }

    public override double[] Check()
    {
        Multiply();
        return ProductWorkload.Figures(_result.data<float>().ToArray());
    }

    public override void Dispose()
    {
        _scope.Dispose();
        base.Dispose();
    }

    protected override void Repeat(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Multiply();
        }
    }

    private void Multiply()
    {
        // Also an operation in place returns an object that wants to be disposed of.
        using DisposeScope step = torch.NewDisposeScope();
        _result.addmm_(_left, _right, beta: 0, alpha: 1);
    }
}
