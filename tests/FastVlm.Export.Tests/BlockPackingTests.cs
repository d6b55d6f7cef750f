using FastVlm.Export.Checkpoints;
using FastVlm.Export.Quantisation;

namespace FastVlm.Export.Tests;

public sealed class BlockPackingTests
{
    [Theory]
    [InlineData(8, 64, 0.007)]
    [InlineData(4, 64, 0.085)]
    [InlineData(4, 40, 0.085)]
    [InlineData(8, 24, 0.007)]
    public void Unpacked_weights_are_close_to_the_originals(int bits, int columns, double limit)
    {
        var values = Gaussian(300 * columns);
        var packed = BlockPacking.Pack(WeightMatrix.Of("w", 300, columns, values), bits, TestContext.Current.CancellationToken);

        var unpacked = Unpack(packed);

        var error = values.Zip(unpacked, (v, u) => (double)(v - u) * (v - u)).Sum();
        Assert.InRange(Math.Sqrt(error / values.Sum(v => (double)v * v)), limit / 3, limit);
    }

    [Fact]
    public void Searching_the_step_beats_the_largest_weight_over_eight()
    {
        var values = Gaussian(1000 * 32);
        var packed = BlockPacking.Pack(WeightMatrix.Of("w", 1000, 32, values), 4, TestContext.Current.CancellationToken);
        double plain = 0;
        foreach (var block in values.Chunk(32))
        {
            var step = -block.MaxBy(Math.Abs) / 8;
            plain += block.Sum(v => Math.Pow(v - (Math.Clamp(Math.Round(v / step), -8, 7) * step), 2));
        }

        Assert.True(values.Zip(Unpack(packed), (v, u) => Math.Pow(v - u, 2)).Sum() < 0.95 * plain);
    }

    [Fact]
    public void Zeros_and_the_extremes_are_kept()
    {
        float[] values = [.. Enumerable.Repeat(0f, 32), -8f, 7f, .. Enumerable.Repeat(0f, 30)];

        var packed = BlockPacking.Pack(WeightMatrix.Of("w", 2, 32, values), 4, TestContext.Current.CancellationToken);

        Assert.Equal(values, Unpack(packed));
    }

    private static float[] Unpack(PackedMatrix packed)
    {
        var values = new float[packed.Rows * packed.Columns];
        for (var i = 0; i < values.Length; i++)
        {
            var (row, column) = (i / packed.Columns, i % packed.Columns);
            var place = (row * packed.BlocksPerRow) + (column / 32);
            var code = packed.Bits == 8
                ? packed.Codes[(place * 32) + (column % 32)] - 128
                : ((packed.Codes[(place * 16) + (column % 32 / 2)] >> (4 * (column % 2))) & 15) - 8;
            values[i] = code * packed.Scales[place];
        }

        return values;
    }

    private static float[] Gaussian(int count)
    {
        var random = new Random(11);
        return
        [
            .. Enumerable.Range(0, count).Select(_ => (float)(
                Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))),
        ];
    }
}
