using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using FastVlm.Pipeline.Frames;

namespace FastVlm.Onnx.Images;

/// <summary>
/// Resizes pictures as Pillow does, in two passes with 8-bit values in between, and writes normalised planar floats.
/// Buffers and weights are kept between calls: pictures of one size cost no allocation. Not safe for concurrent use.
/// </summary>
internal sealed class PictureResampler
{
    // Cameras have few picture sizes; an axis of an 8K picture is below 100 kB.
    private const int KeptAxesMax = 32;

    private readonly Dictionary<AxisSpan, ResampleAxis> _axes = [];
    private byte[] _rows = [];

    /// <summary>Writes the window of the resized picture to three planes of <paramref name="target"/>.</summary>
    /// <param name="picture">The content.</param>
    /// <param name="columns">The horizontal axis.</param>
    /// <param name="rows">The vertical axis.</param>
    /// <param name="target">Planes, row length and first pixel of the window, and the normalisation.</param>
    public void Resample(RgbImage picture, AxisSpan columns, AxisSpan rows, PlanarTarget target)
    {
        var horizontal = AxisOf(columns);
        var vertical = AxisOf(rows);
        var (firstRow, rowCount) = RowsSeen(vertical);
        var width = columns.WindowLength;
        if (_rows.Length < rowCount * width * 3) _rows = new byte[rowCount * width * 3];
        for (var y = 0; y < rowCount; y++)
        {
            ShrinkRow(picture, firstRow + y, horizontal, target.Background, _rows.AsSpan(y * width * 3, width * 3));
        }

        for (var channel = 0; channel < 3; channel++)
        {
            var plane = new ShrunkPlane(_rows.AsSpan(channel * width), firstRow, width);
            for (var y = 0; y < rows.WindowLength; y++) MixRows(vertical, y, plane, target, channel);
        }
    }

    private ResampleAxis AxisOf(AxisSpan span)
    {
        if (_axes.TryGetValue(span, out var axis)) return axis;
        if (_axes.Count == KeptAxesMax) _axes.Clear();
        return _axes[span] = ResampleAxis.Build(span);
    }

    private static (int First, int Count) RowsSeen(ResampleAxis vertical)
    {
        var first = int.MaxValue;
        var end = 0;
        for (var i = 0; i < vertical.Count.Length; i++)
        {
            if (vertical.Count[i] == 0) continue;
            first = Math.Min(first, vertical.First[i]);
            end = Math.Max(end, vertical.First[i] + vertical.Count[i]);
        }

        return end == 0 ? (0, 0) : (first, end - first);
    }

    // Two pixels at a time: eight bytes are loaded, six of them used, with a weight for each pixel's three channels.
    private static void ShrinkRow(RgbImage picture, int row, ResampleAxis axis, Level3 background, Span<byte> planes)
    {
        var width = axis.First.Length;
        var pixels = picture.Pixels.AsSpan(row * picture.WidthPx * 3);
        ref var source = ref MemoryMarshal.GetReference(pixels);
        ref var weights = ref MemoryMarshal.GetArrayDataReference(axis.Weights);
        var backdrop = Vector128.Create(background.Red, background.Green, background.Blue, 0);
        var half = Vector128.Create(ResampleAxis.Half);
        for (var x = 0; x < width; x++)
        {
            var offset = axis.First[x] * 3;
            var pairs = (axis.Count[x] + 1) / 2;
            ref var weight = ref Unsafe.Add(ref weights, x * axis.Stride);
            var sum = offset + pairs * 6 + 2 <= pixels.Length
                ? SumOfPairs(ref Unsafe.Add(ref source, offset), ref weight, pairs)
                : SumOfPixels(pixels[offset..], axis.Weights.AsSpan(x * axis.Stride, axis.Count[x]));
            var levels = (sum + half + backdrop * axis.OutsideWeight[x]) >> ResampleAxis.PrecisionBits;
            levels = Vector128.Min(Vector128.Max(levels, Vector128<int>.Zero), Vector128.Create(255));
            planes[x] = (byte)levels[0];
            planes[width + x] = (byte)levels[1];
            planes[2 * width + x] = (byte)levels[2];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> SumOfPairs(ref byte source, ref int weights, int pairs)
    {
        var sum = Vector256<int>.Zero;
        var order = Vector128.Create((byte)0, 1, 2, 7, 3, 4, 5, 7, 7, 7, 7, 7, 7, 7, 7, 7);
        for (var pair = 0; pair < pairs; pair++)
        {
            var eight = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, pair * 6));
            var ordered = Vector128.Shuffle(Vector128.CreateScalar(eight).AsByte(), order);
            var weight = Vector256.Create(
                Vector128.Create(Unsafe.Add(ref weights, 2 * pair)), Vector128.Create(Unsafe.Add(ref weights, 2 * pair + 1)));
            sum += Widen8(ordered) * weight;
        }

        return sum.GetLower() + sum.GetUpper();
    }

    private static Vector128<int> SumOfPixels(ReadOnlySpan<byte> pixels, ReadOnlySpan<int> weights)
    {
        var sum = Vector128<int>.Zero;
        for (var i = 0; i < weights.Length; i++)
        {
            sum += Vector128.Create(pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2], 0) * weights[i];
        }

        return sum;
    }

    private static void MixRows(ResampleAxis axis, int y, ShrunkPlane plane, PlanarTarget target, int channel)
    {
        var width = plane.Width;
        var output = target.RowOf(channel, y, width);
        var (scale, offset, background) = target.ChannelOf(channel);
        var bias = ResampleAxis.Half + background * axis.OutsideWeight[y];
        if (axis.Count[y] == 0)
        {
            output.Fill(Math.Clamp(bias >> ResampleAxis.PrecisionBits, 0, 255) * scale + offset);
            return;
        }

        var weights = axis.Weights.AsSpan(y * axis.Stride, axis.Count[y]);
        var rowBytes = width * 3;
        var column = plane.Rows[((axis.First[y] - plane.FirstRow) * rowBytes)..];
        ref var source = ref MemoryMarshal.GetReference(column);
        var x = 0;
        for (; x + 8 <= width; x += 8)
        {
            var sum = Vector256.Create(bias);
            for (var tap = 0; tap < weights.Length; tap++)
            {
                var eight = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, tap * rowBytes + x));
                sum += Widen8(Vector128.CreateScalar(eight).AsByte()) * weights[tap];
            }

            var levels = Vector256.Min(Vector256.Max(sum >> ResampleAxis.PrecisionBits, Vector256<int>.Zero), Vector256.Create(255));
            (Vector256.ConvertToSingle(levels) * scale + Vector256.Create(offset)).CopyTo(output[x..]);
        }

        for (; x < width; x++)
        {
            var sum = bias;
            for (var tap = 0; tap < weights.Length; tap++) sum += column[tap * rowBytes + x] * weights[tap];
            output[x] = Math.Clamp(sum >> ResampleAxis.PrecisionBits, 0, 255) * scale + offset;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Widen8(Vector128<byte> bytes)
    {
        if (Avx2.IsSupported) return Avx2.ConvertToVector256Int32(bytes);
        var words = Vector128.WidenLower(bytes);
        return Vector256.Create(Vector128.WidenLower(words), Vector128.WidenUpper(words)).AsInt32();
    }

    /// <summary>One channel of the rows between the passes; a row holds the three channels one after the other.</summary>
    private readonly ref struct ShrunkPlane(ReadOnlySpan<byte> rows, int firstRow, int width)
    {
        public ReadOnlySpan<byte> Rows { get; } = rows;

        /// <summary>The content row that is stored first.</summary>
        public int FirstRow { get; } = firstRow;

        public int Width { get; } = width;
    }
}
