namespace Nabla;

// Fewer layers that compute the same.
public sealed partial class Network
{
    /// <summary>
    /// A network that predicts the same with fewer layers: each batch normalisation that alone reads a dense layer or a convolution without activation goes into that
    /// layer's weights and biases. It is for predicting and for export; training would go another way from there.
    /// </summary>
    /// <returns>The network, with weights of its own; the predictions differ by rounding.</returns>
    /// <exception cref="InvalidOperationException">The network has no weights yet.</exception>
    public Network FoldBatchNormalization()
    {
        ThrowUnlessReady(InputShape.Size, "values");
        List<(Layer Layer, BatchNormalization? Folded)> sources = [];
        int next = 0;
        LayerSpec[] specs = Fold(Graph.Specs, ref next, sources);
        Network folded = Create(InputShape, specs);
        folded.Preprocessing = Preprocessing;
        folded.Loss = Loss;
        folded.ClassNames = ClassNames;
        folded.Schema = Schema;
        folded.Temperature = Temperature;
        folded.Training = Training;
        for (int i = 0; i < sources.Count; i++)
        {
            (Layer own, BatchNormalization? normalization) = sources[i];
            Layer layer = folded.Layers[i];
            for (int p = 0; p < own.Parameters.Count; p++)
            {
                own.Parameters[p].Of(Parameters).CopyTo(layer.Parameters[p].Of(folded.Parameters));
            }
            for (int b = 0; b < own.Buffers.Count; b++)
            {
                own.Buffers[b].Of(Buffers).CopyTo(layer.Buffers[b].Of(folded.Buffers));
            }
            normalization?.FoldInto(layer.Parameters[0].Of(folded.Parameters), layer.Parameters[1].Of(folded.Parameters), Parameters, Buffers);
        }
        folded.MarkInitialized();
        return folded;
    }

    /// <summary>The layers of a chain without what goes into the one before.</summary>
    /// <param name="specs">Their descriptions.</param>
    /// <param name="next">Index of the network's layer that the first of them is.</param>
    /// <param name="sources">Receives, for each layer that stays, which one it was and what goes into it.</param>
    private LayerSpec[] Fold(IReadOnlyList<LayerSpec> specs, ref int next, List<(Layer Layer, BatchNormalization? Folded)> sources)
    {
        List<LayerSpec> kept = [];
        for (int i = 0; i < specs.Count; i++)
        {
            if (specs[i] is ResidualSpec residual)
            {
                LayerSpec[] body = Fold(residual.Body, ref next, sources);
                LayerSpec? projection = residual.Projection is null ? null : Fold([residual.Projection], ref next, sources)[0];
                sources.Add((Layers[next++], null)); // the sum
                kept.Add(residual with { Body = body, Projection = projection });
                continue;
            }
            Layer layer = Layers[next++];
            bool folds = i + 1 < specs.Count && specs[i + 1] is BatchNormalizationSpec { Inputs: null } && layer.Activation == Activation.Identity && Graph.ReadersOf(next).Length == 1;
            LayerSpec? with = !folds ? null : Biased(specs[i], (BatchNormalizationSpec)specs[i + 1]);
            sources.Add((layer, with is null ? null : (BatchNormalization)Layers[next++]));
            kept.Add(with ?? specs[i]);
            i += with is null ? 0 : 1;
        }
        return [.. kept];
    }

    /// <summary>A layer with a bias and the activation of the normalisation after it, under whose name it is read; null for a layer that has no weights to scale.</summary>
    private static LayerSpec? Biased(LayerSpec layer, BatchNormalizationSpec normalization) => layer switch
    {
        DenseSpec dense => dense with { Bias = true, Activation = normalization.Activation, Name = normalization.Name },
        Convolution2DSpec convolution => convolution with { Bias = true, Activation = normalization.Activation, Name = normalization.Name },
        DepthwiseConvolution2DSpec depthwise => depthwise with { Bias = true, Activation = normalization.Activation, Name = normalization.Name },
        _ => null,
    };
}
