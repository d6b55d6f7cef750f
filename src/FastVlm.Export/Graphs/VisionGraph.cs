using FastVlm.Export.Checkpoints;
using FastVlm.Export.Onnx;

namespace FastVlm.Export.Graphs;

/// <summary>
/// The FastViTHD encoder with the projector: pixel_values [b,3,H,W] → image_features [b, N, hidden], N = ceil(H/64)·ceil(W/64).
/// Walks the tensors it finds: network.0, network.1, … are RepMixer stages, down-samplings, positional encodings or
/// attention stages by their names; depths and widths are those of the tensors. From the first positional encoding's
/// down-sampling on, the residual stream is 32-bit in every format (its values approach the limit of half).
/// </summary>
internal sealed class VisionGraph
{
    /// <summary>Metadata key: the intermediate values a verification may ask for, as name=type.</summary>
    public const string LandmarksKey = "fastvlm.landmarks";

    /// <summary>Metadata key: the side of the square of pixels that becomes one image token (64 in every released size).</summary>
    public const string PixelsPerTokenKey = "fastvlm.pixels_per_token";

    /// <summary>The encoder's attention heads are 32 wide in every size.</summary>
    private const int HeadDim = 32;

    private readonly WeightBook _weights;
    private readonly BranchFolding _folding;
    private readonly GraphBuilder _graph;
    private readonly VisionLayers _layers;
    private readonly List<GraphValue> _landmarks = [];
    private int _pixelsPerToken = 1;

    private VisionGraph(WeightBook weights, ModelDtype dtype)
    {
        _weights = weights;
        _folding = new BranchFolding(weights);
        _graph = new GraphBuilder("vision_encoder", dtype) { RoundActivations = dtype != ModelDtype.Int4 };
        _layers = new VisionLayers(_graph);
    }

    public static OnnxGraph Build(WeightBook weights, ModelDtype dtype) => new VisionGraph(weights, dtype).Build();

    private OnnxGraph Build()
    {
        var pixels = _graph.Input("pixel_values", OnnxType.Float, "batch_size", 3, "height", "width");
        var (value, channels) = Stem(_graph.As(pixels, _graph.ProductType));
        var modules = _weights.CountChildren("vision.network.");
        for (var index = 0; index < modules; index++)
        {
            (value, channels) = Module(index, value, channels);
            value = Landmark(value, $"network.{index}");
        }

        (value, channels) = Expansion(value, channels);
        value = Landmark(value, "conv_exp");
        var features = Projector(value, channels, out var hidden);
        _graph.Output(features, "batch_size", "num_image_tokens", hidden);
        _graph.Graph.Metadata[PixelsPerTokenKey] = $"{_pixelsPerToken}";
        _graph.Graph.Metadata[LandmarksKey] = string.Join(",", _landmarks.Select(l => $"{l.Name}={l.Type}"));
        return _graph.Graph;
    }

    private (GraphValue Value, int Channels) Stem(GraphValue value)
    {
        var channels = 3;
        var blocks = _weights.CountChildren("vision.patch_embed.");
        if (blocks == 0)
        {
            throw _weights.Invalid(
                "has no tensor of a FastViTHD vision tower (…vision_tower…patch_embed.0): "
                + "it is not a FastVLM checkpoint");
        }

        for (var i = 0; i < blocks; i++)
        {
            var kernel = _folding.MobileOne($"vision.patch_embed.{i}", channels);
            var path = $"patch_embed.{i}";

            // The stem's 3×3 convolutions halve the picture, its 1×1 keeps it. It is never packed: 0.01 % of the
            // weights, and what it loses is lost for everything after it.
            var stride = kernel.Size == 1 ? 1 : 2;
            value = _layers.Convolution(path, value, kernel, stride, Groups(kernel, channels));
            _pixelsPerToken *= stride;
            value = _graph.Gelu($"{path}/gelu", value);
            channels = kernel.Outputs;
        }

        return (Landmark(value, "stem"), channels);
    }

    private (GraphValue Value, int Channels) Module(int index, GraphValue value, int channels)
    {
        var prefix = $"vision.network.{index}";
        if (_weights.HasPrefix($"{prefix}.proj."))
        {
            return DownSampling(prefix, value, channels);
        }

        if (_weights.HasPrefix($"{prefix}.reparam_conv.") || _weights.HasPrefix($"{prefix}.pe."))
        {
            var kernel = _folding.PositionalEncoding(prefix, channels);
            RequireChannels(kernel.Label, kernel.Outputs, channels);
            return (_layers.Convolution($"network.{index}/conv", value, kernel, stride: 1, Groups(kernel, channels)), channels);
        }

        var blocks = _weights.CountChildren($"{prefix}.");
        if (blocks == 0)
        {
            throw _weights.Invalid(
                $"has a module '{_weights.DisplayName(prefix)}' "
                + "that is neither blocks, nor a down-sampling, nor a positional encoding");
        }

        for (var block = 0; block < blocks; block++)
        {
            value = _weights.HasPrefix($"{prefix}.{block}.token_mixer.qkv.")
                ? AttentionBlock($"{prefix}.{block}", value, channels)
                : RepMixerBlock($"{prefix}.{block}", value, channels);
        }

        return (value, channels);
    }

    private GraphValue RepMixerBlock(string prefix, GraphValue value, int channels)
    {
        var path = Path(prefix);
        var mixer = _folding.RepMixer($"{prefix}.token_mixer", channels);
        var mixed = _layers.Convolution($"{path}/mixer", value, mixer, stride: 1, Groups(mixer, channels));
        return FeedForward(prefix, mixed, channels, "layer_scale");
    }

    private GraphValue AttentionBlock(string prefix, GraphValue value, int channels)
    {
        if (channels % HeadDim != 0)
        {
            throw _weights.Invalid(
                $"has attention over {channels} channels in '{_weights.DisplayName(prefix)}', "
                + $"not a multiple of the encoder's head width {HeadDim}");
        }

        var scale = _weights.Has($"{prefix}.layer_scale_1") ? _weights.Vector($"{prefix}.layer_scale_1", channels) : null;
        var proj = _weights.Matrix($"{prefix}.token_mixer.proj.weight", channels, channels);
        var qkv = $"{prefix}.token_mixer.qkv";
        var attention = new AttentionWeights
        {
            NormWeight = _weights.Vector($"{prefix}.norm.weight", channels),
            NormBias = _weights.Vector($"{prefix}.norm.bias", channels),
            Qkv = _weights.Matrix($"{qkv}.weight", 3L * channels, channels),
            QkvBias = _weights.Has($"{qkv}.bias") ? _weights.Vector($"{qkv}.bias", 3L * channels) : null,
            Proj = scale is null ? proj : proj.ScaleRows(scale),
            ProjBias = Scaled(_weights.Vector($"{prefix}.token_mixer.proj.bias", channels), scale),
            Heads = channels / HeadDim,
        };
        var mixed = _layers.Attention(Path(prefix), _graph.As(value, OnnxType.Float), attention);
        return FeedForward(prefix, mixed, channels, "layer_scale_2");
    }

    /// <summary>value + layer scale · FFN(value): 7×7 depthwise with its batch norm folded in, 1×1 up, GELU, 1×1 down.</summary>
    private GraphValue FeedForward(string prefix, GraphValue value, int channels, string layerScale)
    {
        var path = Path(prefix);
        var scale = _weights.Has($"{prefix}.{layerScale}") ? _weights.Vector($"{prefix}.{layerScale}", channels) : null;
        var kernel = _folding.ConvolutionWithNorm($"{prefix}.convffn.conv");
        var up = _weights.Matrix($"{prefix}.convffn.fc1.weight");
        RequireChannels(up.Label, up.Columns, channels);
        var down = _weights.Matrix($"{prefix}.convffn.fc2.weight", channels, up.Rows);
        RequireChannels(kernel.Label, kernel.Outputs, channels);
        var local = _layers.Convolution($"{path}/ffn/conv", value, kernel, stride: 1, Groups(kernel, channels));
        var update = _layers.FeedForward(
            $"{path}/ffn", local,
            up, _weights.Vector($"{prefix}.convffn.fc1.bias", up.Rows),
            scale is null ? down : down.ScaleRows(scale), Scaled(_weights.Vector($"{prefix}.convffn.fc2.bias", channels), scale));
        return _graph.Add($"{path}/add", value, update);
    }

    private (GraphValue Value, int Channels) DownSampling(string prefix, GraphValue value, int channels)
    {
        var path = Path(prefix);
        var large = _folding.LargeKernel($"{prefix}.proj.0");
        var point = _folding.MobileOne($"{prefix}.proj.1", large.Outputs);
        if (point.Size != 1 || point.InputsPerGroup != large.Outputs)
        {
            throw _weights.Invalid(
                $"has tensor '{point.Label}' with a kernel of size {point.Size} "
                + $"over {point.InputsPerGroup} channels, expected 1 over {large.Outputs}");
        }

        // What follows is summed in 32 bits when the module after this one is a positional encoding.
        var next = $"vision.network.{int.Parse(prefix["vision.network.".Length..], System.Globalization.CultureInfo.InvariantCulture) + 1}";
        if (_weights.HasPrefix($"{next}.reparam_conv.")
            || _weights.HasPrefix($"{next}.pe.")
            || _weights.HasPrefix($"{next}.0.token_mixer.qkv."))
        {
            value = _graph.As(value, OnnxType.Float);
        }

        _pixelsPerToken *= 2;
        value = _layers.DownSampling(path, value, large, Groups(large, channels), point);
        return (value, point.Outputs);
    }

    /// <summary>conv_exp: 3×3 convolution, squeeze and excitation, GELU.</summary>
    private (GraphValue Value, int Channels) Expansion(GraphValue value, int channels)
    {
        var kernel = _folding.MobileOne("vision.conv_exp", channels);
        var path = "conv_exp";
        value = _layers.Convolution($"{path}/conv", _graph.As(value, OnnxType.Float), kernel, stride: 1, Groups(kernel, channels));
        if (_weights.Has("vision.conv_exp.se.reduce.weight"))
        {
            var reduce = _weights.Matrix("vision.conv_exp.se.reduce.weight");
            var expand = _weights.Matrix("vision.conv_exp.se.expand.weight", kernel.Outputs, reduce.Rows);
            RequireChannels(reduce.Label, reduce.Columns, kernel.Outputs);
            value = _layers.SqueezeExcitation(
                $"{path}/se", value,
                reduce, _weights.Vector("vision.conv_exp.se.reduce.bias", reduce.Rows),
                expand, _weights.Vector("vision.conv_exp.se.expand.bias", expand.Rows));
        }

        return (_graph.Gelu($"{path}/gelu", value), kernel.Outputs);
    }

    private GraphValue Projector(GraphValue value, int channels, out int hidden)
    {
        var first = _weights.Matrix("projector.0.weight");
        RequireChannels(first.Label, first.Columns, channels);
        var second = _weights.Matrix("projector.2.weight");
        RequireChannels(second.Label, second.Columns, first.Rows);
        hidden = second.Rows;
        var tokens = _layers.ToTokens("projector/tokens", value);
        tokens = _graph.LinearGelu("projector/fc1", tokens, first, _weights.Vector("projector.0.bias", first.Rows));
        tokens = _graph.Linear("projector/fc2", tokens, second, _weights.Vector("projector.2.bias", second.Rows));
        return _graph.Rename(_graph.As(tokens, OnnxType.Float), "image_features");
    }

    private GraphValue Landmark(GraphValue value, string landmark)
    {
        value = _graph.Rename(value, landmark);
        _landmarks.Add(value);
        return value;
    }

    private int Groups(ConvolutionKernel kernel, int channels) => channels % kernel.InputsPerGroup == 0
        ? channels / kernel.InputsPerGroup
        : throw _weights.Invalid(
            $"has tensor '{kernel.Label}' over {kernel.InputsPerGroup} channels per group, "
            + $"where {channels} channels arrive");

    private void RequireChannels(string tensor, int actual, int expected)
    {
        if (actual != expected)
        {
            throw _weights.Invalid($"has tensor '{tensor}' of {actual} channels where {expected} are expected");
        }
    }

    private static string Path(string prefix) => prefix["vision.".Length..];

    private static float[] Scaled(float[] bias, float[]? scale) => scale is null ? bias : [.. bias.Zip(scale, (b, s) => b * s)];
}
