using System.Globalization;
using System.Numerics.Tensors;
using FastVlm.Pipeline;

namespace FastVlm.Export.Checkpoints;

/// <summary>
/// Hands out weights by canonical name, checks their shapes and values, and remembers what was taken: a tensor that
/// belongs to the network and was never asked for means that the checkpoint is of another architecture.
/// </summary>
internal sealed class WeightBook(IWeightSource source)
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    public bool Has(string name) => source.Shapes.ContainsKey(name);

    public string DisplayName(string name) => source.DisplayName(name);

    /// <summary>True when any tensor's name starts so.</summary>
    public bool HasPrefix(string prefix) => source.Shapes.Keys.Any(k => k.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>How many consecutive numbers 0, 1, 2 … exist below a prefix that ends with a dot.</summary>
    public int CountChildren(string prefix)
    {
        var numbers = source.Shapes.Keys
            .Where(k => k.StartsWith(prefix, StringComparison.Ordinal))
            .Select(k => k[prefix.Length..].Split('.')[0])
            .Where(p => p.Length is > 0 and <= 4 && p.All(char.IsAsciiDigit))
            .Select(p => int.Parse(p, CultureInfo.InvariantCulture))
            .ToHashSet();
        var count = 0;
        while (numbers.Contains(count))
        {
            count++;
        }

        return numbers.Count == count
            ? count
            : throw Invalid($"lacks '{DisplayName(prefix)}{count}' although later numbers exist");
    }

    public long[] ShapeOf(string name)
    {
        _taken.Add(name);
        return source.Shapes.TryGetValue(name, out var shape)
            ? shape
            : throw Invalid($"lacks the tensor '{DisplayName(name)}': it is incomplete or not of the FastVLM architecture");
    }

    /// <summary>Reads a whole small tensor and checks its number of elements.</summary>
    public float[] Vector(string name, long length)
    {
        var shape = ShapeOf(name);
        if (shape.Aggregate(1L, (a, b) => a * b) != length)
        {
            throw Invalid($"has tensor '{DisplayName(name)}' of shape [{string.Join(", ", shape)}], expected {length} elements");
        }

        var values = new float[length];
        ReadChecked(name, 0, values);
        return values;
    }

    /// <summary>A matrix [rows, columns], or a 1×1 convolution seen as one; read later, row by row.</summary>
    public WeightMatrix Matrix(string name)
    {
        var shape = ShapeOf(name);
        if (shape.Length is not (2 or 4) || shape.Skip(2).Any(d => d != 1) || shape.Any(d => d < 1))
        {
            throw Invalid($"has tensor '{DisplayName(name)}' of shape [{string.Join(", ", shape)}], expected a matrix");
        }

        var columns = shape[1];
        return new WeightMatrix(
            DisplayName(name),
            checked((int)shape[0]),
            checked((int)columns),
            (row, destination) => ReadChecked(name, row * columns, destination));
    }

    public WeightMatrix Matrix(string name, long rows, long columns)
    {
        var matrix = Matrix(name);
        return matrix.Rows == rows && matrix.Columns == columns
            ? matrix
            : throw Invalid($"has tensor '{DisplayName(name)}' of [{matrix.Rows}, {matrix.Columns}], expected [{rows}, {columns}]");
    }

    /// <summary>Names that nobody asked for, as their owner knows them.</summary>
    public IReadOnlyList<string> Untaken(Func<string, bool> canonicalNames) =>
        [.. source.Shapes.Keys.Where(k => !_taken.Contains(k) && canonicalNames(k)).Select(DisplayName).Order(StringComparer.Ordinal)];

    public FailureException Invalid(string what) => new(FailureKind.CheckpointInvalid, $"{source.Description} {what}.");

    private void ReadChecked(string name, long start, Span<float> destination)
    {
        source.Read(name, start, destination);
        if (!destination.IsEmpty && !float.IsFinite(TensorPrimitives.MaxMagnitude<float>(destination)))
        {
            var position = 0;
            while (float.IsFinite(destination[position]))
            {
                position++;
            }

            throw Invalid(
                $"has the value {destination[position]} at element {start + position} "
                + $"of tensor '{DisplayName(name)}': it is damaged");
        }
    }
}
