namespace FastVlm.Export.Checkpoints;

/// <summary>
/// Reads the encoder's convolutions, fused or as the parallel branches of training (specs: MobileOne, RepMixer, large
/// kernel, conditional positional encoding), and folds the latter exactly into one kernel.
/// </summary>
internal sealed class BranchFolding(WeightBook weights)
{
    /// <summary>PyTorch's default, which every batch normalisation of the encoder keeps.</summary>
    private const double BatchNormEpsilon = 1e-5;

    /// <summary>MobileOne block: reparam_conv, or rbr_conv.N (conv+BN), rbr_scale (1×1 conv+BN), rbr_skip (BN).</summary>
    public ConvolutionKernel MobileOne(string prefix, int inputChannels)
    {
        if (weights.Has($"{prefix}.reparam_conv.weight"))
        {
            return Convolution($"{prefix}.reparam_conv", withBias: true);
        }

        ConvolutionKernel? sum = null;
        for (var branch = 0; branch < weights.CountChildren($"{prefix}.rbr_conv."); branch++)
        {
            sum = Add(sum, ConvolutionWithNorm($"{prefix}.rbr_conv.{branch}"));
        }

        if (weights.Has($"{prefix}.rbr_scale.conv.weight"))
        {
            sum = Add(sum, ConvolutionWithNorm($"{prefix}.rbr_scale"));
        }

        if (sum is null)
        {
            throw weights.Invalid(
                $"lacks '{weights.DisplayName(prefix)}.reparam_conv.weight' "
                + $"and the branches '{weights.DisplayName(prefix)}.rbr_conv.0' it could be folded from: "
                + "it is incomplete or not of the FastVLM architecture");
        }

        return weights.Has($"{prefix}.rbr_skip.weight")
            ? Add(sum, Skip($"{prefix}.rbr_skip", inputChannels, inputChannels / sum.InputsPerGroup, sum.Size))
            : sum;
    }

    /// <summary>RepMixer: reparam_conv, or x + layer_scale · (mixer(x) − norm(x)).</summary>
    public ConvolutionKernel RepMixer(string prefix, int channels)
    {
        if (weights.Has($"{prefix}.reparam_conv.weight"))
        {
            return Convolution($"{prefix}.reparam_conv", withBias: true);
        }

        var mixer = MobileOne($"{prefix}.mixer", channels);
        var norm = Skip($"{prefix}.norm.rbr_skip", channels, channels / mixer.InputsPerGroup, mixer.Size);
        var difference = mixer.Plus(norm, -1);
        if (weights.Has($"{prefix}.layer_scale"))
        {
            difference = difference.Scaled(weights.Vector($"{prefix}.layer_scale", channels));
        }

        return difference.Plus(ConvolutionKernel.Identity(prefix, channels, channels / mixer.InputsPerGroup, mixer.Size));
    }

    /// <summary>Large kernel of a down-sampling: lkb_reparam, or lkb_origin (conv+BN) and small_conv (conv+BN).</summary>
    public ConvolutionKernel LargeKernel(string prefix)
    {
        if (weights.Has($"{prefix}.lkb_reparam.weight"))
        {
            return Convolution($"{prefix}.lkb_reparam", withBias: true);
        }

        var kernel = ConvolutionWithNorm($"{prefix}.lkb_origin");
        return weights.Has($"{prefix}.small_conv.conv.weight") ? kernel.Plus(ConvolutionWithNorm($"{prefix}.small_conv")) : kernel;
    }

    /// <summary>Conditional positional encoding: reparam_conv, or pe(x) + x.</summary>
    public ConvolutionKernel PositionalEncoding(string prefix, int channels)
    {
        if (weights.Has($"{prefix}.reparam_conv.weight"))
        {
            return Convolution($"{prefix}.reparam_conv", withBias: true);
        }

        var kernel = Convolution($"{prefix}.pe", withBias: true);
        return kernel.Plus(ConvolutionKernel.Identity(prefix, channels, channels / kernel.InputsPerGroup, kernel.Size));
    }

    /// <summary>A convolution followed by its batch normalisation (<c>.conv</c>, <c>.bn</c>), or with it folded in already.</summary>
    public ConvolutionKernel ConvolutionWithNorm(string prefix)
    {
        var kernel = Convolution($"{prefix}.conv", withBias: weights.Has($"{prefix}.conv.bias"));
        return weights.HasPrefix($"{prefix}.bn.") || !weights.Has($"{prefix}.conv.bias")
            ? kernel.Then(Norm($"{prefix}.bn", kernel.Outputs))
            : kernel;
    }

    private ConvolutionKernel Convolution(string prefix, bool withBias)
    {
        var name = $"{prefix}.weight";
        var shape = weights.ShapeOf(name);
        if (shape.Length != 4 || shape[2] != shape[3] || shape[2] % 2 == 0 || shape.Any(d => d < 1))
        {
            throw weights.Invalid(
                $"has tensor '{weights.DisplayName(name)}' of shape [{string.Join(", ", shape)}], "
                + "expected a square convolution kernel of odd size");
        }

        var weight = weights.Vector(name, shape[0] * shape[1] * shape[2] * shape[3]);
        var bias = withBias ? weights.Vector($"{prefix}.bias", shape[0]) : new float[shape[0]];
        return new ConvolutionKernel(weights.DisplayName(name), (int)shape[0], (int)shape[1], (int)shape[2], weight, bias);
    }

    private ConvolutionKernel Skip(string prefix, int channels, int groups, int size) =>
        ConvolutionKernel.Identity(prefix, channels, groups, size).Then(Norm(prefix, channels));

    private ChannelAffine Norm(string prefix, int channels)
    {
        var gamma = weights.Vector($"{prefix}.weight", channels);
        var beta = weights.Vector($"{prefix}.bias", channels);
        var mean = weights.Vector($"{prefix}.running_mean", channels);
        var variance = weights.Vector($"{prefix}.running_var", channels);
        var scale = new double[channels];
        var shift = new double[channels];
        for (var c = 0; c < channels; c++)
        {
            if (variance[c] < 0)
            {
                throw weights.Invalid(
                    $"has the variance {variance[c]} at element {c} "
                    + $"of tensor '{weights.DisplayName($"{prefix}.running_var")}': it is damaged");
            }

            scale[c] = gamma[c] / Math.Sqrt(variance[c] + BatchNormEpsilon);
            shift[c] = beta[c] - (mean[c] * scale[c]);
        }

        return new ChannelAffine(scale, shift);
    }

    private static ConvolutionKernel Add(ConvolutionKernel? sum, ConvolutionKernel branch) => sum?.Plus(branch) ?? branch;
}
