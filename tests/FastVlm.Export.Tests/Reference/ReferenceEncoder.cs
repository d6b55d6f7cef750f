namespace FastVlm.Export.Tests.Reference;

/// <summary>
/// The encoder evaluated naively in double from a checkpoint's own tensors, branches as branches: no folding, no
/// reordering, no graph. Slow, and independent of the exporter.
/// </summary>
internal sealed class ReferenceEncoder(TestCheckpoint checkpoint)
{
    private const string Tower = "model.vision_tower.vision_tower.model.";

    /// <summary>Every module's output by its name (stem, network.N, conv_exp), and the projected tokens.</summary>
    public (Dictionary<string, Planes> Landmarks, double[] Features) Run(Planes pixels)
    {
        var landmarks = new Dictionary<string, Planes>();
        var x = pixels;
        for (var i = 0; Any($"patch_embed.{i}."); i++)
        {
            x = MobileOne($"patch_embed.{i}", x, stride: i < 2 ? 2 : 1).Map(Planes.Gelu);
        }

        landmarks["stem"] = x;
        for (var module = 0; Any($"network.{module}."); module++)
        {
            x = Module($"network.{module}", x);
            landmarks[$"network.{module}"] = x;
        }

        x = MobileOne("conv_exp", x, stride: 1);
        x = SqueezeExcitation("conv_exp.se", x).Map(Planes.Gelu);
        landmarks["conv_exp"] = x;
        return (landmarks, Project(x));
    }

    private Planes Module(string name, Planes x)
    {
        if (Any($"{name}.proj."))
        {
            x = Any($"{name}.proj.0.lkb_reparam.")
                ? x.Convolve(Get($"{name}.proj.0.lkb_reparam.weight"), Vector($"{name}.proj.0.lkb_reparam.bias"), 2)
                : ConvolutionNorm($"{name}.proj.0.lkb_origin", x, 2).Plus(ConvolutionNorm($"{name}.proj.0.small_conv", x, 2));
            return MobileOne($"{name}.proj.1", x.Map(Planes.Gelu), 1).Map(Planes.Gelu);
        }

        if (Any($"{name}.reparam_conv."))
        {
            return x.Convolve(Get($"{name}.reparam_conv.weight"), Vector($"{name}.reparam_conv.bias"), 1);
        }

        if (Any($"{name}.pe."))
        {
            return x.Convolve(Get($"{name}.pe.weight"), Vector($"{name}.pe.bias"), 1).Plus(x);
        }

        for (var block = 0; Any($"{name}.{block}."); block++)
        {
            var prefix = $"{name}.{block}";
            var attends = Any($"{prefix}.token_mixer.qkv.");
            x = attends ? Attention(prefix, x) : RepMixer($"{prefix}.token_mixer", x);
            var scale = Vector($"{prefix}.{(attends ? "layer_scale_2" : "layer_scale")}")!;
            x = x.Plus(FeedForward($"{prefix}.convffn", x).MapChannels((c, v) => v * scale[c]));
        }

        return x;
    }

    private Planes MobileOne(string name, Planes x, int stride)
    {
        if (Any($"{name}.reparam_conv."))
        {
            return x.Convolve(Get($"{name}.reparam_conv.weight"), Vector($"{name}.reparam_conv.bias"), stride);
        }

        var sum = ConvolutionNorm($"{name}.rbr_conv.0", x, stride);
        for (var branch = 1; Any($"{name}.rbr_conv.{branch}."); branch++)
        {
            sum = sum.Plus(ConvolutionNorm($"{name}.rbr_conv.{branch}", x, stride));
        }

        if (Any($"{name}.rbr_scale."))
        {
            sum = sum.Plus(ConvolutionNorm($"{name}.rbr_scale", x, stride));
        }

        return Any($"{name}.rbr_skip.") ? sum.Plus(BatchNorm($"{name}.rbr_skip", x)) : sum;
    }

    private Planes RepMixer(string name, Planes x)
    {
        if (Any($"{name}.reparam_conv."))
        {
            return x.Convolve(Get($"{name}.reparam_conv.weight"), Vector($"{name}.reparam_conv.bias"), 1);
        }

        var scale = Vector($"{name}.layer_scale")!;
        var difference = MobileOne($"{name}.mixer", x, 1).Plus(BatchNorm($"{name}.norm.rbr_skip", x), -1);
        return x.Plus(difference.MapChannels((c, v) => v * scale[c]));
    }

    private Planes FeedForward(string name, Planes x)
    {
        x = ConvolutionNorm($"{name}.conv", x, 1);
        x = x.Convolve(Get($"{name}.fc1.weight"), Vector($"{name}.fc1.bias"), 1).Map(Planes.Gelu);
        return x.Convolve(Get($"{name}.fc2.weight"), Vector($"{name}.fc2.bias"), 1);
    }

    private Planes Attention(string name, Planes x)
    {
        var (channels, count) = (x.Channels, x.Height * x.Width);
        var normed = LayerNorm($"{name}.norm", x);
        var qkv = Linear(normed, channels, Get($"{name}.token_mixer.qkv.weight"), Vector($"{name}.token_mixer.qkv.bias"));
        var mixed = new double[count * channels];
        for (var head = 0; head < channels / 32; head++)
        {
            for (var q = 0; q < count; q++)
            {
                var scores = Enumerable.Range(0, count)
                    .Select(k => Enumerable.Range(0, 32)
                        .Sum(d => qkv[(q * 3 * channels) + (head * 32) + d]
                            * qkv[(k * 3 * channels) + channels + (head * 32) + d])
                        / Math.Sqrt(32))
                    .ToArray();
                var weights = Softmax(scores);
                for (var d = 0; d < 32; d++)
                {
                    mixed[(q * channels) + (head * 32) + d] = Enumerable.Range(0, count)
                        .Sum(k => weights[k] * qkv[(k * 3 * channels) + (2 * channels) + (head * 32) + d]);
                }
            }
        }

        var update = Linear(mixed, channels, Get($"{name}.token_mixer.proj.weight"), Vector($"{name}.token_mixer.proj.bias"));
        var scale = Vector($"{name}.layer_scale_1")!;
        var result = x.Map(v => v);
        for (var t = 0; t < count; t++)
        {
            for (var c = 0; c < channels; c++)
            {
                result.Values[(c * count) + t] += scale[c] * update[(t * channels) + c];
            }
        }

        return result;
    }

    /// <summary>Normalises over channels at every position; result as tokens [count, channels].</summary>
    private double[] LayerNorm(string name, Planes x)
    {
        var (weight, bias, count) = (Vector($"{name}.weight")!, Vector($"{name}.bias")!, x.Height * x.Width);
        var result = new double[x.Values.Length];
        for (var t = 0; t < count; t++)
        {
            var row = Enumerable.Range(0, x.Channels).Select(c => x.Values[(c * count) + t]).ToArray();
            var mean = row.Average();
            var deviation = Math.Sqrt(row.Average(v => (v - mean) * (v - mean)) + 1e-5);
            for (var c = 0; c < x.Channels; c++)
            {
                result[(t * x.Channels) + c] = ((row[c] - mean) / deviation * weight[c]) + bias[c];
            }
        }

        return result;
    }

    private Planes SqueezeExcitation(string name, Planes x)
    {
        var area = x.Height * x.Width;
        var means = Enumerable.Range(0, x.Channels).Select(c => x.Values.AsSpan(c * area, area).ToArray().Average()).ToArray();
        var reduced = Linear(means, x.Channels, Get($"{name}.reduce.weight"), Vector($"{name}.reduce.bias"))
            .Select(v => Math.Max(0, v))
            .ToArray();
        var gate = Linear(reduced, reduced.Length, Get($"{name}.expand.weight"), Vector($"{name}.expand.bias"))
            .Select(v => 1 / (1 + Math.Exp(-v)))
            .ToArray();
        return x.MapChannels((c, v) => v * gate[c]);
    }

    private double[] Project(Planes x)
    {
        var count = x.Height * x.Width;
        var tokens = new double[x.Values.Length];
        for (var i = 0; i < tokens.Length; i++)
        {
            tokens[i] = x.Values[(i % x.Channels * count) + (i / x.Channels)];
        }

        var first = checkpoint.Tensors["model.mm_projector.0.weight"];
        var hidden = Linear(tokens, x.Channels, first, checkpoint.Tensors["model.mm_projector.0.bias"].Values)
            .Select(Planes.Gelu)
            .ToArray();
        return Linear(
            hidden,
            (int)first.Shape[0],
            checkpoint.Tensors["model.mm_projector.2.weight"],
            checkpoint.Tensors["model.mm_projector.2.bias"].Values);
    }

    private Planes ConvolutionNorm(string name, Planes x, int stride) =>
        BatchNorm($"{name}.bn", x.Convolve(Get($"{name}.conv.weight"), null, stride));

    private Planes BatchNorm(string name, Planes x)
    {
        var (weight, bias) = (Vector($"{name}.weight")!, Vector($"{name}.bias")!);
        var (mean, variance) = (Vector($"{name}.running_mean")!, Vector($"{name}.running_var")!);
        return x.MapChannels((c, v) => ((v - mean[c]) / Math.Sqrt(variance[c] + 1e-5) * weight[c]) + bias[c]);
    }

    internal static double[] Softmax(double[] scores)
    {
        var exponents = scores.Select(s => Math.Exp(s - scores.Max())).ToArray();
        return [.. exponents.Select(e => e / exponents.Sum())];
    }

    /// <summary>rows · Wᵀ + bias for rows of the given width.</summary>
    internal static double[] Linear(double[] rows, int width, TestTensor weight, float[]? bias)
    {
        var outputs = (int)weight.Shape[0];
        var result = new double[rows.Length / width * outputs];
        for (var i = 0; i < result.Length; i++)
        {
            double sum = bias?[i % outputs] ?? 0;
            for (var k = 0; k < width; k++)
            {
                sum += rows[(i / outputs * width) + k] * weight.Values[(i % outputs * width) + k];
            }

            result[i] = sum;
        }

        return result;
    }

    private bool Any(string prefix) => checkpoint.Tensors.Keys.Any(k => k.StartsWith(Tower + prefix, StringComparison.Ordinal));

    private TestTensor Get(string name) => checkpoint.Tensors[Tower + name];

    private float[]? Vector(string name) => checkpoint.Tensors.GetValueOrDefault(Tower + name)?.Values;
}
