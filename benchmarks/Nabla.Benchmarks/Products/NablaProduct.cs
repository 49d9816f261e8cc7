using Nabla.Numerics;

namespace Nabla.Benchmarks.Products;

/// <summary>The kernels themselves, without a layer around them.</summary>
internal sealed class NablaProduct(ProductWorkload product, int threads) : InProcessContestant
{
    private readonly float[] _result = new float[product.ResultShape.Size];

    public override double[] Check()
    {
        Multiply();
        return ProductWorkload.Figures(_result);
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
        switch (product.Kind)
        {
            case ProductKind.Forward:
                MatrixProduct.Multiply(product.Left, product.Right, [], _result, product.Rows, product.Inner, product.Columns, threads);
                break;
            case ProductKind.WeightGradient:
                MatrixProduct.MultiplyLeftTransposed(product.Left, product.Right, _result, product.Inner, product.Rows, product.Columns, threads, GradientUse.Replace);
                break;
            default:
                MatrixProduct.MultiplyRightTransposed(product.Left, product.Right, _result, product.Rows, product.Columns, product.Inner, threads);
                break;
        }
    }
}
