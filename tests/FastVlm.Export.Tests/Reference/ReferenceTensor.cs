namespace FastVlm.Export.Tests.Reference;

/// <summary>A picture of channels [C, H, W] in double, and the operators of the encoder written down as their definitions say.</summary>
internal sealed class Planes(int channels, int height, int width)
{
    public int Channels => channels;

    public int Height => height;

    public int Width => width;

    public double[] Values { get; } = new double[channels * height * width];

    public ref double this[int c, int y, int x] => ref Values[(((c * height) + y) * width) + x];

    public Planes Map(Func<double, double> function)
    {
        var result = new Planes(channels, height, width);
        for (var i = 0; i < Values.Length; i++)
        {
            result.Values[i] = function(Values[i]);
        }

        return result;
    }

    public Planes MapChannels(Func<int, double, double> function)
    {
        var result = new Planes(channels, height, width);
        for (var i = 0; i < Values.Length; i++)
        {
            result.Values[i] = function(i / (height * width), Values[i]);
        }

        return result;
    }

    public Planes Plus(Planes other, double factor = 1)
    {
        var result = new Planes(channels, height, width);
        for (var i = 0; i < Values.Length; i++)
        {
            result.Values[i] = Values[i] + (factor * other.Values[i]);
        }

        return result;
    }

    /// <summary>Cross-correlation with zero padding of half the kernel, as deep-learning convolutions are.</summary>
    public Planes Convolve(TestTensor weight, float[]? bias, int stride)
    {
        var (outputs, inputs, size) = ((int)weight.Shape[0], (int)weight.Shape[1], (int)weight.Shape[2]);
        var groups = channels / inputs;
        var pad = size / 2;
        var result = new Planes(outputs, ((height - 1) / stride) + 1, ((width - 1) / stride) + 1);
        for (var o = 0; o < outputs; o++)
        {
            var firstInput = o / (outputs / groups) * inputs;
            for (var y = 0; y < result.Height; y++)
            {
                for (var x = 0; x < result.Width; x++)
                {
                    double sum = bias?[o] ?? 0;
                    for (var i = 0; i < inputs; i++)
                    {
                        for (var ky = 0; ky < size; ky++)
                        {
                            for (var kx = 0; kx < size; kx++)
                            {
                                var (sy, sx) = ((y * stride) + ky - pad, (x * stride) + kx - pad);
                                if (sy >= 0 && sy < height && sx >= 0 && sx < width)
                                {
                                    sum += this[firstInput + i, sy, sx] * weight.Values[(((((o * inputs) + i) * size) + ky) * size) + kx];
                                }
                            }
                        }
                    }

                    result[o, y, x] = sum;
                }
            }
        }

        return result;
    }

    public static double Gelu(double x) => 0.5 * x * (1 + Erf(x / Math.Sqrt(2)));

    /// <summary>The Taylor series; beyond 4 the function is one to more digits than compared.</summary>
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 4)
        {
            return Math.Sign(x);
        }

        var (term, sum) = (x, x);
        for (var n = 1; n < 120; n++)
        {
            term *= -x * x / n;
            sum += term / ((2 * n) + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }
}
