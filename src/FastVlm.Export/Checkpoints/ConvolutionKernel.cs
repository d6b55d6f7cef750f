using FastVlm.Pipeline;

namespace FastVlm.Export.Checkpoints;

/// <summary>A square convolution with bias: weight [Outputs, InputsPerGroup, Size, Size]. Small enough to hold in memory.</summary>
internal sealed record ConvolutionKernel(string Label, int Outputs, int InputsPerGroup, int Size, float[] Weight, float[] Bias)
{
    private int Plane => InputsPerGroup * Size * Size;

    /// <summary>The kernel that passes channel i on to output i unchanged; <paramref name="groups"/> as in the convolution.</summary>
    public static ConvolutionKernel Identity(string label, int channels, int groups, int size)
    {
        var inputs = channels / groups;
        var weight = new float[channels * inputs * size * size];
        for (var channel = 0; channel < channels; channel++)
        {
            weight[((((channel * inputs) + (channel % inputs)) * size) + (size / 2)) * size + (size / 2)] = 1;
        }

        return new ConvolutionKernel(label, channels, inputs, size, weight, new float[channels]);
    }

    /// <summary>A batch normalisation after the convolution, as scale and shift per output channel.</summary>
    public ConvolutionKernel Then(ChannelAffine affine)
    {
        var weight = (float[])Weight.Clone();
        var bias = new float[Outputs];
        for (var o = 0; o < Outputs; o++)
        {
            foreach (ref var value in weight.AsSpan(o * Plane, Plane))
            {
                value = (float)(value * affine.Scale[o]);
            }

            bias[o] = (float)((Bias[o] * affine.Scale[o]) + affine.Shift[o]);
        }

        return this with { Weight = weight, Bias = bias };
    }

    /// <summary>The sum of two parallel branches over the same input; the smaller kernel is padded to the larger.</summary>
    public ConvolutionKernel Plus(ConvolutionKernel other, float factor = 1)
    {
        if (other.Size > Size)
        {
            return other.Times(factor).Plus(this);
        }

        if (other.Outputs != Outputs || other.InputsPerGroup != InputsPerGroup || (Size - other.Size) % 2 != 0)
        {
            throw new FailureException(
                FailureKind.CheckpointInvalid,
                "The checkpoint has branches that cannot be added: "
                + $"'{Label}' [{Outputs}, {InputsPerGroup}, {Size}] and "
                + $"'{other.Label}' [{other.Outputs}, {other.InputsPerGroup}, {other.Size}].");
        }

        var weight = (float[])Weight.Clone();
        var margin = (Size - other.Size) / 2;
        for (var plane = 0; plane < Outputs * InputsPerGroup; plane++)
        {
            for (var y = 0; y < other.Size; y++)
            {
                for (var x = 0; x < other.Size; x++)
                {
                    weight[(((plane * Size) + y + margin) * Size) + x + margin] +=
                        factor * other.Weight[(((plane * other.Size) + y) * other.Size) + x];
                }
            }
        }

        return this with { Weight = weight, Bias = [.. Bias.Zip(other.Bias, (a, b) => a + (factor * b))] };
    }

    /// <summary>Each output multiplied by its own factor: folds a layer scale.</summary>
    public ConvolutionKernel Scaled(float[] factors) => Then(new ChannelAffine([.. factors.Select(f => (double)f)], new double[Outputs]));

    /// <summary>A 1×1 convolution as the matrix it is.</summary>
    public WeightMatrix AsMatrix() => WeightMatrix.Of(Label, Outputs, InputsPerGroup, Weight);

    /// <summary>Outputs first, first + step, first + 2·step, …: one of the depthwise convolutions hidden in a multiplied one.</summary>
    public ConvolutionKernel EveryNth(int step, int first)
    {
        var outputs = Enumerable.Range(0, Outputs / step).Select(i => (i * step) + first).ToArray();
        return this with
        {
            Outputs = outputs.Length,
            Weight = [.. outputs.SelectMany(o => Weight.AsSpan(o * Plane, Plane).ToArray())],
            Bias = [.. outputs.Select(o => Bias[o])],
        };
    }

    /// <summary>
    /// A 1×1 kernel for inputs that arrive as [part][group] instead of [group][part]: input part·groups + group takes
    /// the column of input group·parts + part.
    /// </summary>
    public ConvolutionKernel ReorderInputs(int groups, int parts)
    {
        var weight = new float[Weight.Length];
        for (var o = 0; o < Outputs; o++)
        {
            for (var column = 0; column < groups * parts; column++)
            {
                weight[(o * InputsPerGroup) + column] = Weight[(o * InputsPerGroup) + ((column % groups) * parts) + (column / groups)];
            }
        }

        return this with { Weight = weight };
    }

    private ConvolutionKernel Times(float factor) => Scaled([.. Enumerable.Repeat(factor, Outputs)]);
}

/// <summary>y = Scale·x + Shift per channel: what a batch normalisation with running statistics is. In double, as it is folded.</summary>
internal sealed record ChannelAffine(double[] Scale, double[] Shift);
