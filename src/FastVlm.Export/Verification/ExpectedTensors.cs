using FastVlm.Export.Checkpoints;
using FastVlm.Pipeline;

namespace FastVlm.Export.Verification;

/// <summary>Values with their shape.</summary>
internal sealed record ShapedValues(float[] Values, long[] Shape)
{
    /// <summary>The first element along the first dimension, which is kept with length 1.</summary>
    public ShapedValues FirstOfBatch() => new(Values[..(int)(Values.Length / Shape[0])], [1, .. Shape[1..]]);
}

/// <summary>The reference values of a verification: expected.safetensors.</summary>
internal sealed class ExpectedTensors(string path) : IDisposable
{
    private readonly SafetensorsFile _file = SafetensorsFile.Open(path);

    public IReadOnlyCollection<string> Names => [.. _file.Tensors.Keys];

    public ShapedValues Floats(string name)
    {
        var entry = Entry(name);
        var values = new float[entry.ElementCount];
        _file.Read(entry, 0, values);
        return new ShapedValues(values, entry.Shape);
    }

    public long[] Integers(string name) => _file.ReadInt64(Entry(name));

    public void Dispose() => _file.Dispose();

    private TensorEntry Entry(string name) => _file.Tensors.TryGetValue(name, out var entry)
        ? entry
        : throw new FailureException(FailureKind.CheckpointInvalid, $"The expected values '{_file.Path}' lack the tensor '{name}'.");
}
