namespace Nabla.Extending.Tests;

/// <summary>The check finds what people get wrong.</summary>
public sealed class GradientCheckTests
{
    /// <summary>A layer y = w · x², with one mistake or none.</summary>
    private sealed record MistakenSpec(string Mistake) : LayerSpec
    {
        public override Layer Build(LayerBuilder builder) => new Mistaken(builder, Mistake);
    }

    private sealed class Mistaken : Layer
    {
        private readonly Parameter _weight;
        private readonly string _mistake;

        public Mistaken(LayerBuilder builder, string mistake)
            : base(builder, builder.InputShape)
        {
            _weight = builder.AddParameter(ParameterRole.Scale, [OutputShape.Size], Initializer.Normal(1));
            _mistake = mistake;
        }

        public override int StateSize => OutputShape.Size;

        public override void Forward(in LayerPass pass)
        {
            ReadOnlySpan<float> input = pass.Input(), weight = pass.Values(_weight);
            for (int i = 0; i < input.Length; i++)
            {
                pass.Output[i] = input[i] * input[i] * weight[i % weight.Length];
            }
            if (_mistake == "reads what was not written")
            {
                pass.Output[0] += 0 * pass.State[0];
            }
            if (_mistake == "leaves an output as it was")
            {
                pass.Output[1] = pass.Output[2] * 0 + pass.State[1];
            }
            if (_mistake == "depends on threads")
            {
                pass.Output[0] *= 1 + pass.Threads;
            }
        }

        public override void Backward(in LayerPass pass)
        {
            ReadOnlySpan<float> input = pass.Input(), weight = pass.Values(_weight), dOutput = pass.OutputGradient;
            Span<float> dInput = pass.InputGradient(), dWeight = pass.Gradient(_weight);
            if (_mistake != "adds")
            {
                dWeight.Clear();
            }
            for (int i = 0; i < dOutput.Length; i++)
            {
                dWeight[i % weight.Length] += (_mistake == "forgets a sample" && i < weight.Length ? 0 : 1) * dOutput[i] * input[i] * input[i];
            }
            for (int i = 0; i < dInput.Length; i++)
            {
                float factor = _mistake switch { "forgets a factor" => 1, "sign" => -2, "wrong in one place" => i == 3 ? 2.2f : 2, _ => 2 };
                dInput[i] = factor * dOutput[i] * input[i] * weight[(_mistake == "wrong index" ? i + 1 : i) % weight.Length];
            }
            if (_mistake == "forgets the inputs")
            {
                dInput.Clear();
            }
        }
    }

    [Theory]
    [InlineData("sign", "input [0, 0]: the gradient is ")]
    [InlineData("wrong in one place", "input [0, 3]: the gradient is ")]
    [InlineData("forgets a factor", "input [0, 0]: the gradient is ")]
    [InlineData("forgets the inputs", "input [4, 5]: the gradient is 0, measured ")]
    [InlineData("wrong index", "input [2, 1]: the gradient is ")]
    [InlineData("forgets a sample", "mistaken1/scale [0]: the gradient is ")]
    [InlineData("adds", "mistaken1/scale [0]: the gradient is NaN, measured ")]
    [InlineData("reads what was not written", "outputs are not a number")]
    [InlineData("leaves an output as it was", "outputs are not a number")]
    [InlineData("depends on threads", "three threads give other numbers than one")]
    public void A_mistake_is_found_and_said(string mistake, string fault)
    {
        GradientCheckResult result = GradientCheck.Layer(new MistakenSpec(mistake), [6]);
        Assert.False(result.IsRight);
        Assert.Contains(result.Faults, line => line.StartsWith(fault, StringComparison.Ordinal));
        Assert.StartsWith("gradients are wrong: ", Assert.Throws<InvalidOperationException>(result.ThrowIfWrong).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_right_is_found_right()
    {
        GradientCheckResult result = GradientCheck.Layer(new MistakenSpec("none"), [6]);
        result.ThrowIfWrong();
        Assert.Equal((36, 0), (result.Compared, result.LeftOut));
        Assert.StartsWith("gradients are right: 36 compared, 0 left out, largest error ", result.ToString(), StringComparison.Ordinal);
        GradientCheck.Layer(new ResidualSpec { Body = [Layer.Dense(5, Activation.Tanh)] }, [5]).ThrowIfWrong();
        GradientCheck.Layer(Layer.Concatenate("a", "b", "c"), [3], [4], [2]).ThrowIfWrong();
        GradientCheck.Loss(Loss.Quadratic, new TargetVectors([1, 2, 3, 4, 5, 6], 3)).ThrowIfWrong();
        GradientCheck.Loss(Loss.SoftmaxCrossEntropy, new ClassLabels([1, 0, 2, 2], 3)).ThrowIfWrong();
    }

    private sealed record MistakenLoss(bool InValue) : Loss
    {
        protected override double EvaluateRows(ReadOnlySpan<float> output, ReadOnlySpan<float> target, Span<float> gradient, int rows, int width, float divisor)
        {
            double sum = 0;
            for (int i = 0; i < output.Length; i++)
            {
                sum += Math.Abs(output[i] - (double)target[i]) + (InValue && gradient.IsEmpty ? 1 : 0);
                if (!gradient.IsEmpty)
                {
                    gradient[i] = Math.Sign(output[i] - target[i]) / (InValue ? divisor : 1);
                }
            }
            return sum;
        }
    }

    [Fact]
    public void A_losss_mistake_is_found_and_said()
    {
        TargetVectors targets = new([1, 2, 3, 4, 5, 6], 3);
        Assert.Contains("output [1, 2]: the gradient is -1, measured -0.5", GradientCheck.Loss(new MistakenLoss(InValue: false), targets).Faults);
        Assert.StartsWith("the loss is ", GradientCheck.Loss(new MistakenLoss(InValue: true), targets).Faults[0], StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => GradientCheck.Loss(Loss.SoftmaxCrossEntropy, targets));
        Assert.Throws<ArgumentException>(() => GradientCheck.Layer(Layer.Dense(2)));
    }
}
