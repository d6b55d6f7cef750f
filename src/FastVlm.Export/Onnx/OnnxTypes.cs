namespace FastVlm.Export.Onnx;

/// <summary>Element types, with the numbers of ONNX's TensorProto.DataType.</summary>
internal enum OnnxType
{
    Float = 1,
    UInt8 = 2,
    Int32 = 6,
    Int64 = 7,
    Float16 = 10,
}

/// <summary>One dimension of a graph input or output: a number, or a name when it is free.</summary>
internal readonly record struct Dimension(long? Value, string? Name)
{
    public static implicit operator Dimension(long value) => new(value, null);

    public static implicit operator Dimension(string name) => new(null, name);
}

/// <summary>The name and type of a value that flows through a graph.</summary>
internal readonly record struct GraphValue(string Name, OnnxType Type);

/// <summary>A graph input or output; without a shape, the runtime infers it.</summary>
internal sealed record GraphPort(string Name, OnnxType Type, Dimension[]? Shape);

/// <summary>An attribute: a whole number, a float, a text, or a list of whole numbers.</summary>
internal sealed record NodeAttribute(string Name, object Value);

internal sealed record GraphNode(
    string Name, string Operator, string Domain, string[] Inputs, string[] Outputs, NodeAttribute[] Attributes);

/// <summary>Where an initializer's bytes lie when they are not in the graph file: beside it, in a file of that name.</summary>
internal sealed record ExternalBytes(string File, long Offset);

/// <summary>
/// A constant of a graph. Its size is known before its bytes are: they are produced while the file is written, and
/// need not all be in memory at once.
/// </summary>
internal sealed record Initializer(string Name, OnnxType Type, long[] Dims, Action<ByteSink> Write)
{
    /// <summary>Set when the bytes already lie in a file that another graph uses too.</summary>
    public ExternalBytes? Shared { get; init; }

    /// <summary>The checkpoint's tensor it comes from, for progress reports.</summary>
    public string? Source { get; init; }

    public long ByteCount => Dims.Aggregate(1L, (a, b) => a * b) * Type switch
    {
        OnnxType.UInt8 => 1,
        OnnxType.Float16 => 2,
        OnnxType.Int64 => 8,
        _ => 4,
    };
}

/// <summary>A whole graph, ready to be written.</summary>
internal sealed record OnnxGraph(string Name)
{
    public List<GraphPort> Inputs { get; } = [];

    public List<GraphPort> Outputs { get; } = [];

    public List<GraphNode> Nodes { get; } = [];

    public List<Initializer> Initializers { get; } = [];

    /// <summary>Key-value pairs stored in the model's metadata.</summary>
    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);
}
