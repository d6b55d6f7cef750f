using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FastVlm.Export.Checkpoints;

namespace FastVlm.Export.Onnx;

/// <summary>
/// Takes an initializer's values in order and writes them to the file, as float or half, hashing them on the way.
/// Notices cancellation.
/// </summary>
internal sealed class ByteSink(Stream target, IncrementalHash hash, Action<int> written, CancellationToken cancellationToken)
{
    private const int ChunkElements = 1 << 16;

    private const int ColumnsAtOnce = 32;

    private readonly Half[] _halves = new Half[ChunkElements];

    public CancellationToken CancellationToken => cancellationToken;

    public long Position { get; private set; }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var chunk = bytes[..Math.Min(bytes.Length, 1 << 20)];
            target.Write(chunk);
            hash.AppendData(chunk);
            Position += chunk.Length;
            written(chunk.Length);
            bytes = bytes[chunk.Length..];
        }
    }

    public void Floats(ReadOnlySpan<float> values, OnnxType type)
    {
        while (!values.IsEmpty)
        {
            var count = Math.Min(values.Length, ChunkElements);
            if (type == OnnxType.Float16)
            {
                TensorPrimitives.ConvertToHalf(values[..count], _halves.AsSpan(0, count));
                Bytes(MemoryMarshal.AsBytes(_halves.AsSpan(0, count)));
            }
            else
            {
                Bytes(MemoryMarshal.AsBytes(values[..count]));
            }

            values = values[count..];
        }
    }

    /// <summary>Writes a matrix with rows and columns exchanged.</summary>
    public void Transposed(WeightMatrix matrix, OnnxType type)
    {
        var values = matrix.ToArray();
        var column = new float[matrix.Rows * ColumnsAtOnce];
        for (var first = 0; first < matrix.Columns; first += ColumnsAtOnce)
        {
            // A few columns per pass over the rows: each cache line of the source is used whole.
            var count = Math.Min(ColumnsAtOnce, matrix.Columns - first);
            for (var row = 0; row < matrix.Rows; row++)
            {
                var source = values.AsSpan((row * matrix.Columns) + first, count);
                for (var c = 0; c < count; c++)
                {
                    column[(c * matrix.Rows) + row] = source[c];
                }
            }

            Floats(column.AsSpan(0, count * matrix.Rows), type);
        }
    }

    /// <summary>Writes a matrix as it is, some rows at a time.</summary>
    public void Rows(WeightMatrix matrix, OnnxType type)
    {
        var atOnce = Math.Max(1, ChunkElements / matrix.Columns);
        var rows = new float[atOnce * matrix.Columns];
        for (var first = 0; first < matrix.Rows; first += atOnce)
        {
            var span = rows.AsSpan(0, Math.Min(atOnce, matrix.Rows - first) * matrix.Columns);
            matrix.ReadRows(first, span);
            Floats(span, type);
        }
    }

    public void Longs(ReadOnlySpan<long> values) => Bytes(MemoryMarshal.AsBytes(values));
}
