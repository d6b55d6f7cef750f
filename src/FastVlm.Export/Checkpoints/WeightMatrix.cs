namespace FastVlm.Export.Checkpoints;

/// <summary>
/// A weight matrix [rows = outputs, columns = inputs] that is read when it is needed, some rows at a time, so that a
/// matrix of 2 GB never has to be in memory. Scaling and stacking compose without reading.
/// </summary>
internal sealed class WeightMatrix(string label, int rows, int columns, WeightMatrix.RowReader read)
{
    /// <summary>Fills destination with consecutive rows from <paramref name="firstRow"/> on.</summary>
    public delegate void RowReader(long firstRow, Span<float> destination);

    /// <summary>What to call it in progress reports.</summary>
    public string Label => label;

    public int Rows => rows;

    public int Columns => columns;

    public static WeightMatrix Of(string label, int rows, int columns, float[] values) =>
        new(
            label,
            rows,
            columns,
            (row, destination) => values.AsSpan(checked((int)(row * columns)), destination.Length).CopyTo(destination));

    /// <summary>The matrices one below the other: one product instead of several.</summary>
    public static WeightMatrix Stack(params WeightMatrix[] parts)
    {
        var columns = parts[0].Columns;
        return new WeightMatrix(parts[0].Label, parts.Sum(p => p.Rows), columns, (firstRow, destination) =>
        {
            foreach (var part in parts)
            {
                if (firstRow < part.Rows && !destination.IsEmpty)
                {
                    var count = (int)Math.Min(part.Rows - firstRow, destination.Length / columns);
                    part.ReadRows(firstRow, destination[..(count * columns)]);
                    destination = destination[(count * columns)..];
                    firstRow = 0;
                }
                else
                {
                    firstRow = Math.Max(0, firstRow - part.Rows);
                }
            }
        });
    }

    public void ReadRows(long firstRow, Span<float> destination) => read(firstRow, destination);

    /// <summary>Each output multiplied by its own factor: folds a layer scale.</summary>
    public WeightMatrix ScaleRows(float[] factors) => new(label, rows, columns, (firstRow, destination) =>
    {
        read(firstRow, destination);
        for (var row = 0; row * columns < destination.Length; row++)
        {
            var factor = factors[firstRow + row];
            foreach (ref var value in destination.Slice(row * columns, columns))
            {
                value *= factor;
            }
        }
    });

    public float[] ToArray()
    {
        var values = new float[checked(rows * columns)];
        read(0, values);
        return values;
    }
}
