using FastVlm.Export.Checkpoints;

namespace FastVlm.Export.Quantisation;

/// <summary>
/// A matrix in the layout of ONNX Runtime's MatMulNBits: each row cut into blocks of 32 inputs, unsigned 4- or 8-bit
/// codes with the zero point in the middle (8 or 128) and one float scale per block. The same bytes, seen as
/// [rows, bytes per row], are what GatherBlockQuantized reads.
/// </summary>
internal sealed record PackedMatrix(int Rows, int Columns, int Bits, byte[] Codes, float[] Scales)
{
    public int BlocksPerRow => BlockPacking.BlocksPerRow(Columns);
}

/// <summary>Decides codes and scales. Pure: the same matrix always gives the same bytes.</summary>
internal static class BlockPacking
{
    /// <summary>Inputs per scale: what the public 4-bit files use, and the smallest with good kernels everywhere.</summary>
    public const int BlockSize = 32;

    private const int RowsAtOnce = 256;

    // Clipping the largest weight a little can halve the error of the other 31 at 4 bits; found by trying.
    private static readonly float[] ScaleCandidates = [1f, 0.95f, 0.9f, 0.85f, 0.8f];

    public static int BlocksPerRow(int columns) => (columns + BlockSize - 1) / BlockSize;

    public static int BytesPerBlock(int bits) => BlockSize * bits / 8;

    public static PackedMatrix Pack(WeightMatrix matrix, int bits, CancellationToken cancellationToken)
    {
        var blocks = BlocksPerRow(matrix.Columns);
        var codes = new byte[checked((long)matrix.Rows * blocks * BytesPerBlock(bits))];
        var scales = new float[checked((long)matrix.Rows * blocks)];
        var rows = new float[RowsAtOnce * matrix.Columns];
        for (var first = 0; first < matrix.Rows; first += RowsAtOnce)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(RowsAtOnce, matrix.Rows - first);
            var start = first;
            matrix.ReadRows(first, rows.AsSpan(0, count * matrix.Columns));
            Parallel.For(0, count, row => PackRow(rows.AsSpan(row * matrix.Columns, matrix.Columns), start + row, bits, codes, scales));
        }

        return new PackedMatrix(matrix.Rows, matrix.Columns, bits, codes, scales);
    }

    private static void PackRow(ReadOnlySpan<float> row, int index, int bits, byte[] codes, float[] scales)
    {
        var blocks = BlocksPerRow(row.Length);
        Span<float> block = stackalloc float[BlockSize];
        for (var b = 0; b < blocks; b++)
        {
            // The last block of a row may be short; what is missing counts as zero.
            block.Clear();
            row[(b * BlockSize)..Math.Min(row.Length, (b + 1) * BlockSize)].CopyTo(block);
            var place = ((long)index * blocks) + b;
            scales[place] = ChooseScale(block, bits);
            PackBlock(block, scales[place], bits, codes.AsSpan((int)(place * BytesPerBlock(bits)), BytesPerBlock(bits)));
        }
    }

    private static float ChooseScale(ReadOnlySpan<float> block, int bits)
    {
        // The extreme value takes the code of largest magnitude (−8 or −128), which the other sign lacks.
        var extreme = 0f;
        foreach (var value in block)
        {
            extreme = MathF.Abs(value) > MathF.Abs(extreme) ? value : extreme;
        }

        if (extreme == 0)
        {
            return 1;
        }

        var full = -extreme / (1 << (bits - 1));
        if (bits == 8)
        {
            return full;
        }

        var best = full;
        var leastError = float.MaxValue;
        foreach (var candidate in ScaleCandidates)
        {
            foreach (var sign in (ReadOnlySpan<float>)[1f, -1f])
            {
                var scale = full * candidate * sign;
                var error = SquaredError(block, scale, bits);
                if (error < leastError)
                {
                    leastError = error;
                    best = scale;
                }
            }
        }

        return best;
    }

    private static float SquaredError(ReadOnlySpan<float> block, float scale, int bits)
    {
        var sum = 0f;
        foreach (var value in block)
        {
            var difference = value - (Code(value, scale, bits) * scale);
            sum += difference * difference;
        }

        return sum;
    }

    private static int Code(float value, float scale, int bits)
    {
        var limit = 1 << (bits - 1);
        return Math.Clamp((int)MathF.Round(value / scale), -limit, limit - 1);
    }

    private static void PackBlock(ReadOnlySpan<float> block, float scale, int bits, Span<byte> destination)
    {
        var zero = 1 << (bits - 1);
        for (var i = 0; i < BlockSize; i++)
        {
            var code = Code(block[i], scale, bits) + zero;
            if (bits == 8)
            {
                destination[i] = (byte)code;
            }
            else
            {
                destination[i / 2] |= (byte)(code << (4 * (i % 2)));
            }
        }
    }
}
