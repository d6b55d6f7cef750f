namespace FastVlm.Onnx.Images;

/// <summary>
/// Which source pixels make each output pixel along one axis, and with what weight: Pillow's bicubic filter (a = -0.5,
/// widened when shrinking so that it does not alias) with its 22-bit fixed-point weights, so that results equal
/// Pillow's to the level. The source is the content; a canvas around it is background and only counted.
/// </summary>
internal sealed class ResampleAxis
{
    /// <summary>8-bit pixels and 2 bits of head room in 32.</summary>
    public const int PrecisionBits = 32 - 8 - 2;

    public const int Half = 1 << (PrecisionBits - 1);

    private const double SupportOfBicubic = 2.0;

    private ResampleAxis(int outputCount, int tapsMax)
    {
        First = new int[outputCount];
        Count = new int[outputCount];
        OutsideWeight = new int[outputCount];
        Stride = tapsMax;
        Weights = new int[outputCount * tapsMax];
    }

    /// <summary>First content pixel of each output pixel.</summary>
    public int[] First { get; }

    /// <summary>How many content pixels follow; 0 where only background is seen.</summary>
    public int[] Count { get; }

    /// <summary>The weight of all background pixels together.</summary>
    public int[] OutsideWeight { get; }

    /// <summary>Weights per output pixel in <see cref="Weights"/>; those after <see cref="Count"/> are 0. Even.</summary>
    public int Stride { get; }

    public int[] Weights { get; }

    /// <summary>Builds the weights of one axis.</summary>
    /// <param name="span">Where the content lies on the canvas, and what part of the resized canvas is wanted.</param>
    public static ResampleAxis Build(AxisSpan span)
    {
        var scale = (double)span.CanvasLength / span.ResizedLength;
        var widening = Math.Max(scale, 1.0);
        var support = SupportOfBicubic * widening;
        var taps = (int)Math.Ceiling(support) * 2 + 1;
        var axis = new ResampleAxis(span.WindowLength, taps + (taps & 1));
        var weights = new double[taps];
        for (var i = 0; i < span.WindowLength; i++)
        {
            var center = (i + span.WindowStart + 0.5) * scale;
            var from = Math.Max((int)(center - support + 0.5), 0);
            var count = Math.Min((int)(center + support + 0.5), span.CanvasLength) - from;
            Weigh(weights.AsSpan(0, count), from - center + 0.5, 1.0 / widening);
            axis.Place(i, from, weights.AsSpan(0, count), span);
        }

        return axis;
    }

    private static void Weigh(Span<double> weights, double firstDistance, double narrowing)
    {
        var sum = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = Bicubic((i + firstDistance) * narrowing);
            sum += weights[i];
        }

        if (sum == 0) return;
        for (var i = 0; i < weights.Length; i++) weights[i] /= sum;
    }

    private void Place(int output, int from, ReadOnlySpan<double> weights, AxisSpan span)
    {
        var first = -1;
        for (var i = 0; i < weights.Length; i++)
        {
            var scaled = weights[i] * (1 << PrecisionBits);
            var weight = (int)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
            var content = from + i - span.ContentStart;
            if (content < 0 || content >= span.ContentLength)
            {
                OutsideWeight[output] += weight;
                continue;
            }

            // Leading zeros are dropped so that an unscaled axis costs one tap.
            if (first < 0 && weight == 0) continue;
            if (first < 0) first = content;
            Weights[output * Stride + content - first] = weight;
            if (weight != 0) Count[output] = content - first + 1;
        }

        First[output] = Math.Max(first, 0);
    }

    private static double Bicubic(double x)
    {
        const double a = -0.5;
        x = Math.Abs(x);
        if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
        return x < 2.0 ? (((x - 5) * x + 8) * x - 4) * a : 0.0;
    }
}

/// <summary>One axis of a resampling: content on a canvas, the canvas resized, a window cut out of the result.</summary>
internal readonly record struct AxisSpan
{
    public required int CanvasLength { get; init; }

    public required int ContentStart { get; init; }

    public required int ContentLength { get; init; }

    public required int ResizedLength { get; init; }

    public required int WindowStart { get; init; }

    public required int WindowLength { get; init; }
}
