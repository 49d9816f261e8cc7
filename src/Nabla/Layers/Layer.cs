using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// One step of a network: a description, named parameters, and what it computes forward and backward. It holds no memory of its
/// own, neither weights (the <see cref="Network"/> does) nor activations (a <see cref="Workspace"/> does), and never changes once it is
/// made. For a layer of your own derive from this and from <see cref="LayerSpec"/>, which describes it; docs/extending.md shows how.
/// </summary>
/// <remarks>
/// A layer reads rows of numbers, one row a sample, and writes rows. All memory comes with the <see cref="LayerPass"/> and belongs to
/// it: keep no span of it, and allocate nothing in a pass. Passes may run on several threads at once, each with memory of its own. So that a training
/// gives the same bits every time and for any number of threads, what a pass writes may depend on nothing but its inputs, the
/// parameters and <see cref="LayerPass.RandomFor"/>; a sum that is split among threads has to be split in the same way for any number of them.
/// </remarks>
public abstract class Layer
{
    /// <param name="builder">What <see cref="LayerSpec.Build"/> was given.</param>
    /// <param name="outputShape">Shape of one sample that comes out.</param>
    /// <param name="inputShape">Shape of one sample as the layer reads it, of the same size; by default <see cref="LayerBuilder.InputShape"/>.</param>
    protected Layer(LayerBuilder builder, Shape outputShape, Shape? inputShape = null)
    {
        Name = builder.Name;
        Spec = builder.Spec;
        InputShape = inputShape ?? builder.InputShape;
        OutputShape = outputShape;
        Parameters = builder.Parameters;
        Buffers = builder.Buffers;
    }

    /// <summary>Name within the network: <c>dense1</c>.</summary>
    public string Name { get; }

    /// <summary>What the layer was made from.</summary>
    public LayerSpec Spec { get; }

    /// <summary>Shape of one sample that goes in; of the first input where it reads several.</summary>
    public Shape InputShape { get; }

    /// <summary>Shape of one sample that comes out.</summary>
    public Shape OutputShape { get; }

    /// <summary>The layer's parameters, in the order in which they are stored and initialised.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Numbers that are saved with the parameters but not learnt, such as running statistics.</summary>
    public IReadOnlyList<LayerBuffer> Buffers { get; }

    /// <summary>Number of single parameters.</summary>
    public int ParameterCount
    {
        get
        {
            int count = 0;
            for (int i = 0; i < Parameters.Count; i++)
            {
                count += Parameters[i].Shape.Size;
            }
            return count;
        }
    }

    /// <summary>Floats per sample that the forward pass leaves for the backward pass beside input and output (<see cref="LayerPass.State"/>). Default: 0.</summary>
    public virtual int StateSize => 0;

    /// <summary>Floats that the forward pass leaves for the backward pass once for all samples (<see cref="LayerPass.BatchState"/>). Default: 0.</summary>
    public virtual int BatchStateSize => 0;

    /// <summary>Floats of memory that a pass in training needs for intermediate results (<see cref="LayerPass.Scratch"/>). Default: 0.</summary>
    public virtual int ScratchSize => 0;

    /// <summary>
    /// Whether it may be given a few samples at a time, by several threads at once: where each output sample follows from its
    /// input sample and its random numbers alone, and no buffer is written. That pays where samples are large, such as images:
    /// what one layer puts out is still in the cache when the next one reads it, and the layer need not care for threads. Default: no; all samples at once.
    /// </summary>
    public virtual bool TakesSamplesOneByOne => false;

    /// <summary>
    /// Whether what comes out in training depends on all samples of the batch, such as on their mean. Batches of a network with such a layer go through
    /// as a whole; else large ones are taken in pieces. Default: no.
    /// </summary>
    public virtual bool NeedsWholeBatch => false;

    /// <summary>
    /// Whether a layer that needs the whole batch gets along with some of its shards, since it gives the others of its sums, and has theirs, by
    /// <see cref="LayerPass.ShareShards"/>. Then the batch may be cut, and several processes may share it. Default: no.
    /// </summary>
    public virtual bool SharesSums => false;

    /// <summary>The same as <see cref="TakesSamplesOneByOne"/> at inference.</summary>
    internal virtual bool InfersSamplesOneByOne => TakesSamplesOneByOne;

    /// <summary>Roughly how many multiply-adds, or what takes as long, a forward pass makes for one sample.</summary>
    internal virtual double Work => Math.Max(OutputShape.Size, ParameterCount);

    /// <summary>The function through which the outputs went last; its derivative is known from the outputs.</summary>
    internal virtual Activation Activation => Activation.Identity;

    /// <summary>
    /// Whether the backward pass also takes the derivative of the activation before, which it has at hand: one pass over
    /// memory less. See <see cref="LayerPass.InputActivation"/>.
    /// </summary>
    internal virtual bool TakesInputDerivative => false;

    /// <summary>Whether the output is the input under another shape: both are then the same memory, and nothing is copied.</summary>
    internal virtual bool IsView => false;

    /// <summary>
    /// Whether the backward pass does with the gradient of its parameters what <see cref="LayerPass.GradientUse"/> says, while it stands in
    /// registers. Else it writes the gradient down, and <see cref="LayerPass"/> does the rest.
    /// </summary>
    internal virtual bool FusesGradientUse => false;

    /// <summary>Whether it draws from NumPy's stream, where that is what a training draws from.</summary>
    internal virtual bool FollowsStream => false;

    /// <summary>Whether batches cannot be cut into shards: a stream is drawn from in the order of the samples, a buffer is changed in it.</summary>
    /// <param name="random">Where the training draws from.</param>
    internal bool NeedsOneShard(RandomSource random) => (NeedsWholeBatch ? !SharesSums : Buffers.Count > 0) || (FollowsStream && random == RandomSource.NumPy);

    /// <summary>Memory that a thread needs for a pass of so many samples, beside what a <see cref="Workspace"/> has.</summary>
    internal virtual ThreadFloats ThreadFloats(int rows, bool training) => default;

    /// <summary>Computes <see cref="LayerPass.Output"/> from <see cref="LayerPass.Input"/>, for all <see cref="LayerPass.Rows"/>.</summary>
    public abstract void Forward(in LayerPass pass);

    /// <summary>
    /// Computes gradients for the samples of the forward pass before, whose input, output and state are still there: from
    /// <see cref="LayerPass.OutputGradient"/>, which it may use up, those of the inputs (<see cref="LayerPass.InputGradient"/>, each unless it is empty) and of all its parameters
    /// (<see cref="LayerPass.Gradient"/>). It overwrites them: adding up what several layers or batches ask for is done elsewhere.
    /// </summary>
    public abstract void Backward(in LayerPass pass);

    /// <summary>What it is, in one line: <c>Scale 28×28 → 28×28  (784 parameters)</c>.</summary>
    public override string ToString() =>
        $"{GetType().Name} {InputShape} → {OutputShape}{(ParameterCount == 0 ? "" : FormattableString.Invariant($"  ({ParameterCount:N0} parameters)"))}";

    /// <summary>Describes a fully connected layer.</summary>
    /// <param name="units">Number of outputs, at least 1.</param>
    /// <param name="activation">Function applied to each weighted sum.</param>
    /// <param name="bias">Whether a bias is added to each weighted sum.</param>
    /// <param name="weights">How the weights begin; by default He normal for ReLU, Glorot uniform for all others.</param>
    /// <param name="biases">How the biases begin; by default zeros.</param>
    public static DenseSpec Dense(
        int units, Activation activation = Activation.Identity, bool bias = true, Initializer? weights = null, Initializer? biases = null) =>
        new() { Units = units, Activation = activation, Bias = bias, WeightInitializer = weights, BiasInitializer = biases };

    /// <summary>Describes a convolution over images, cross-correlation as everywhere in this field: kernels are not mirrored.</summary>
    /// <param name="filters">Number of kernels, so of output channels, at least 1.</param>
    /// <param name="kernelHeight">Rows of a kernel, at least 1.</param>
    /// <param name="kernelWidth">Columns of a kernel, at least 1.</param>
    /// <param name="activation">Function applied to each weighted sum.</param>
    /// <param name="stride">Pixels from one position of the kernel to the next, at least 1.</param>
    /// <param name="padding">Rows and columns of zeros around the image, at least 0.</param>
    /// <param name="bias">Whether each filter has a bias.</param>
    /// <param name="weights">How the kernels begin; by default He normal for ReLU, Glorot uniform for all others.</param>
    /// <param name="biases">How the biases begin; by default zeros.</param>
    public static Convolution2DSpec Convolution2D(
        int filters, int kernelHeight, int kernelWidth, Activation activation = Activation.Identity, int stride = 1, int padding = 0,
        bool bias = true, Initializer? weights = null, Initializer? biases = null) => new()
        {
            Filters = filters,
            KernelHeight = kernelHeight,
            KernelWidth = kernelWidth,
            Activation = activation,
            Stride = stride,
            Padding = padding,
            Bias = bias,
            WeightInitializer = weights,
            BiasInitializer = biases,
        };

    /// <summary>Describes a convolution in which each channel has one kernel of its own: as many channels come out as go in.</summary>
    /// <param name="kernelHeight">Rows of a kernel, at least 1.</param>
    /// <param name="kernelWidth">Columns of a kernel, at least 1.</param>
    /// <param name="activation">Function applied to each weighted sum.</param>
    /// <param name="stride">Pixels from one position of the kernel to the next, at least 1.</param>
    /// <param name="padding">Rows and columns of zeros around the image, at least 0.</param>
    /// <param name="bias">Whether each channel has a bias.</param>
    /// <param name="weights">How the kernels begin; by default He normal for ReLU, Glorot uniform for all others.</param>
    /// <param name="biases">How the biases begin; by default zeros.</param>
    public static DepthwiseConvolution2DSpec DepthwiseConvolution2D(
        int kernelHeight, int kernelWidth, Activation activation = Activation.Identity, int stride = 1, int padding = 0,
        bool bias = true, Initializer? weights = null, Initializer? biases = null) => new()
        {
            KernelHeight = kernelHeight,
            KernelWidth = kernelWidth,
            Activation = activation,
            Stride = stride,
            Padding = padding,
            Bias = bias,
            WeightInitializer = weights,
            BiasInitializer = biases,
        };

    /// <summary>Describes inverted dropout: in training each value is set to 0 with probability <paramref name="rate"/>.</summary>
    /// <param name="rate">Share of values dropped, at least 0 and below 1.</param>
    public static DropoutSpec Dropout(double rate = 0.5) => new() { Rate = rate };

    /// <summary>Describes noise: in training a normal number of mean 0 is added to each value.</summary>
    /// <param name="deviation">Its standard deviation, from 0 to 1,000.</param>
    public static GaussianNoiseSpec GaussianNoise(double deviation = 0.1) => new() { Deviation = deviation };

    /// <summary>Describes batch normalisation: each channel by its mean and deviation over the batch, in training, or over what was seen in training.</summary>
    /// <param name="activation">Function applied afterwards.</param>
    /// <param name="momentum">How fast the running averages follow, above 0 and at most 1.</param>
    /// <param name="epsilon">What is added to variances, above 0.</param>
    public static BatchNormalizationSpec BatchNormalization(Activation activation = Activation.Identity, double momentum = 0.1, double epsilon = 1e-5) =>
        new() { Activation = activation, Momentum = momentum, Epsilon = epsilon };

    /// <summary>Describes the step from images to rows of numbers.</summary>
    public static FlattenSpec Flatten() => new();

    /// <summary>Describes the cutting off of border rows and columns of an image, each at least 0.</summary>
    public static Cropping2DSpec Cropping2D(int top = 0, int bottom = 0, int left = 0, int right = 0) =>
        new() { Top = top, Bottom = bottom, Left = left, Right = right };

    /// <summary>Describes max pooling: each output pixel is, channel by channel, the greatest number of a window.</summary>
    /// <param name="kernelHeight">Rows of a window, at least 1.</param>
    /// <param name="kernelWidth">Columns of a window, at least 1.</param>
    /// <param name="stride">Pixels from one window to the next, at least 1; null for windows side by side.</param>
    /// <param name="padding">Rows and columns by which windows may reach beyond each side, from 0 to half a window.</param>
    public static MaxPooling2DSpec MaxPooling2D(int kernelHeight, int kernelWidth, int? stride = null, int padding = 0) =>
        new() { KernelHeight = kernelHeight, KernelWidth = kernelWidth, Stride = stride, Padding = padding };

    /// <summary>Describes average pooling: each output pixel is, channel by channel, the average of a window.</summary>
    /// <inheritdoc cref="MaxPooling2D" path="/param"/>
    public static AveragePooling2DSpec AveragePooling2D(int kernelHeight, int kernelWidth, int? stride = null, int padding = 0) =>
        new() { KernelHeight = kernelHeight, KernelWidth = kernelWidth, Stride = stride, Padding = padding };

    /// <summary>Describes the average of each channel over the whole image: [height, width, channels] → [channels].</summary>
    public static GlobalAveragePooling2DSpec GlobalAveragePooling2D() => new();

    /// <summary>Describes layer normalisation: the features of each sample, or the channels of each position, by their mean and deviation.</summary>
    /// <param name="epsilon">What is added to variances, above 0.</param>
    public static LayerNormalizationSpec LayerNormalization(double epsilon = 1e-5) => new() { Epsilon = epsilon };

    /// <summary>Describes a ReLU that multiplies what is below 0 by a small slope.</summary>
    /// <param name="negativeSlope">That slope, at least 0.</param>
    public static LeakyReLUSpec LeakyReLU(double negativeSlope = 0.01) => new() { NegativeSlope = negativeSlope };

    /// <summary>Describes x · Φ(x), exactly, with Φ(x) the share of a normal distribution below x.</summary>
    public static GELUSpec GELU() => new();

    /// <summary>Describes x / (1 + e⁻ˣ), also known as swish.</summary>
    public static SiLUSpec SiLU() => new();

    /// <summary>Describes ln(1 + eˣ).</summary>
    public static SoftplusSpec Softplus() => new();

    /// <summary>Describes max(0, x) as a layer of its own.</summary>
    public static ActivationSpec ReLU() => new() { Function = Activation.ReLU };

    /// <summary>Describes 1 / (1 + e⁻ˣ) as a layer of its own.</summary>
    public static ActivationSpec Sigmoid() => new() { Function = Activation.Sigmoid };

    /// <summary>Describes the hyperbolic tangent as a layer of its own.</summary>
    public static ActivationSpec Tanh() => new() { Function = Activation.Tanh };

    /// <summary>Describes x, but at least <paramref name="minimum"/> and at most <paramref name="maximum"/>; from 0 to 6 it is ReLU6.</summary>
    /// <param name="minimum">The least number that comes out.</param>
    /// <param name="maximum">The greatest, above the minimum.</param>
    public static ClipSpec Clip(double minimum = 0, double maximum = 6) => new() { Minimum = minimum, Maximum = maximum };

    /// <summary>Describes x · scale + offset.</summary>
    /// <param name="scale">What numbers are multiplied by, not 0.</param>
    /// <param name="offset">What is added to them then.</param>
    public static RescalingSpec Rescaling(double scale, double offset = 0) => new() { Scale = scale, Offset = offset };

    /// <summary>Describes a residual block, body(x) + x.</summary>
    /// <param name="body">The layers of the body, first to last; its output has the shape of its input. For another shape, and for an activation, write a <see cref="ResidualSpec"/>.</param>
    public static ResidualSpec Residual(params IReadOnlyList<LayerSpec> body) => new() { Body = body };

    /// <summary>Describes a sum of values of the same shape.</summary>
    /// <param name="inputs">Names of the layers whose outputs are added (<see cref="LayerSpec.Name"/>), or <c>input</c>; at least two.</param>
    public static AddSpec Add(params IReadOnlyList<string> inputs) => new() { Inputs = inputs };

    /// <summary>Describes values side by side along their last extent.</summary>
    /// <param name="inputs">Names of the layers whose outputs are joined (<see cref="LayerSpec.Name"/>), or <c>input</c>; at least two.</param>
    public static ConcatenateSpec Concatenate(params IReadOnlyList<string> inputs) => new() { Inputs = inputs };
}
