namespace FastVlm.Export.Onnx;

/// <summary>
/// Writes a graph as an ONNX file (ModelProto), and its weights inside it or, above a threshold, in a file beside it.
/// Lengths are computed first, so that nothing but the graph's structure is in memory.
/// </summary>
internal static class OnnxFileWriter
{
    // Opset 17 brought LayerNormalization; IR 8 belongs to it and is read by every runtime we care for.
    private const int IrVersion = 8;
    private const int Opset = 17;

    /// <summary>Smaller initializers stay in the graph file: shape inference reads axes and shapes from there.</summary>
    private const long SmallestExternal = 1024;

    /// <summary>Offsets of external data are page-aligned so that a runtime can map them.</summary>
    private const long Alignment = 4096;

    /// <summary>Writes <paramref name="fileName"/> (and, if needed, fileName + "_data") into the output.</summary>
    public static void Write(OnnxGraph graph, string fileName, ModelFiles files, long externalThreshold)
    {
        var inside = graph.Initializers.Where(i => i.Shared is null).Sum(i => i.ByteCount);
        var external = inside > externalThreshold ? WriteExternal(graph, fileName + "_data", files) : [];
        using var file = files.Create(fileName);
        WriteModel(graph, external, file);
    }

    private static Dictionary<string, ExternalBytes> WriteExternal(OnnxGraph graph, string fileName, ModelFiles files)
    {
        var places = new Dictionary<string, ExternalBytes>(StringComparer.Ordinal);
        using var file = files.Create(fileName);
        foreach (var initializer in graph.Initializers.Where(i => i.Shared is null && i.ByteCount >= SmallestExternal))
        {
            places[initializer.Name] = WriteAligned(initializer, fileName, file);
        }

        return places;
    }

    /// <summary>Where initializers will lie in a data file of their own, each on its own page.</summary>
    public static List<ExternalBytes> PlanAligned(IEnumerable<Initializer> initializers, string fileName)
    {
        var places = new List<ExternalBytes>();
        var position = 0L;
        foreach (var initializer in initializers)
        {
            position += (Alignment - (position % Alignment)) % Alignment;
            places.Add(new ExternalBytes(Path.GetFileName(fileName), position));
            position += initializer.ByteCount;
        }

        return places;
    }

    /// <summary>Appends an initializer's bytes to a data file, from the next page on.</summary>
    public static ExternalBytes WriteAligned(Initializer initializer, string fileName, ModelFile file)
    {
        var padding = (Alignment - (file.Position % Alignment)) % Alignment;
        file.Sink.Bytes(new byte[padding]);
        var place = new ExternalBytes(Path.GetFileName(fileName), file.Position);
        WriteBytes(initializer, file);
        return place;
    }

    private static void WriteModel(OnnxGraph graph, Dictionary<string, ExternalBytes> external, ModelFile file)
    {
        var head = GraphHead(graph);
        var tail = GraphTail(graph);
        var tensors = graph.Initializers.ConvertAll(i => (
            Initializer: i,
            Header: TensorHeader(i, i.Shared ?? external.GetValueOrDefault(i.Name), out var payload),
            Payload: payload));
        var graphLength = head.Length + tail.Length + tensors.Sum(t => FieldLength(5, t.Header.Length + t.Payload));

        var model = new ProtobufMessage();
        model.Int(1, IrVersion);
        model.Text(2, "fastvlm-export");
        model.Message(8, OperatorSet("", Opset));
        model.Message(8, OperatorSet("com.microsoft", 1));
        foreach (var (key, value) in graph.Metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            model.Message(14, Pair(key, value));
        }

        model.OpenField(7, graphLength);
        file.Sink.Bytes(model.ToArray());
        file.Sink.Bytes(head);
        foreach (var (initializer, header, payload) in tensors)
        {
            var field = new ProtobufMessage();
            field.OpenField(5, header.Length + payload);
            file.Sink.Bytes(field.ToArray());
            file.Sink.Bytes(header);
            if (payload > 0)
            {
                WriteBytes(initializer, file);
            }
        }

        file.Sink.Bytes(tail);
    }

    private static void WriteBytes(Initializer initializer, ModelFile file)
    {
        file.Working(initializer.Source ?? initializer.Name);
        var start = file.Position;
        initializer.Write(file.Sink);
        if (file.Position - start != initializer.ByteCount)
        {
            throw new InvalidOperationException(
                $"Initializer {initializer.Name} wrote {file.Position - start} bytes, "
                + $"not the {initializer.ByteCount} its shape takes.");
        }
    }

    /// <summary>TensorProto up to and including the tag and length of raw_data, whose bytes follow.</summary>
    private static byte[] TensorHeader(Initializer initializer, ExternalBytes? external, out long payload)
    {
        var tensor = new ProtobufMessage();
        foreach (var dim in initializer.Dims)
        {
            tensor.Int(1, dim);
        }

        tensor.Int(2, (int)initializer.Type);
        tensor.Text(8, initializer.Name);
        if (external is null)
        {
            tensor.OpenField(9, initializer.ByteCount);
            payload = initializer.ByteCount;
            return tensor.ToArray();
        }

        tensor.Message(13, Pair("location", external.File));
        tensor.Message(13, Pair("offset", $"{external.Offset}"));
        tensor.Message(13, Pair("length", $"{initializer.ByteCount}"));
        tensor.Int(14, 1);
        payload = 0;
        return tensor.ToArray();
    }

    private static byte[] GraphHead(OnnxGraph graph)
    {
        var message = new ProtobufMessage();
        foreach (var node in graph.Nodes)
        {
            message.Message(1, Node(node));
        }

        message.Text(2, graph.Name);
        return message.ToArray();
    }

    private static byte[] GraphTail(OnnxGraph graph)
    {
        var message = new ProtobufMessage();
        graph.Inputs.ForEach(p => message.Message(11, Port(p)));
        graph.Outputs.ForEach(p => message.Message(12, Port(p)));
        return message.ToArray();
    }

    private static ProtobufMessage Node(GraphNode node)
    {
        var message = new ProtobufMessage();
        Array.ForEach(node.Inputs, i => message.Text(1, i));
        Array.ForEach(node.Outputs, o => message.Text(2, o));
        message.Text(3, node.Name);
        message.Text(4, node.Operator);
        Array.ForEach(node.Attributes, a => message.Message(5, Attribute(a)));
        if (node.Domain.Length > 0)
        {
            message.Text(7, node.Domain);
        }

        return message;
    }

    private static ProtobufMessage Attribute(NodeAttribute attribute)
    {
        var message = new ProtobufMessage();
        message.Text(1, attribute.Name);
        switch (attribute.Value)
        {
            case long value:
                message.Int(3, value);
                message.Int(20, 2);
                break;
            case float value:
                message.Float(2, value);
                message.Int(20, 1);
                break;
            case long[] values:
                Array.ForEach(values, v => message.Int(8, v));
                message.Int(20, 7);
                break;
            default:
                throw new ArgumentException(
                    $"Attribute {attribute.Name} has the unsupported type {attribute.Value.GetType().Name}.",
                    nameof(attribute));
        }

        return message;
    }

    /// <summary>ValueInfoProto of a graph input or output.</summary>
    public static ProtobufMessage Port(GraphPort port)
    {
        var tensor = new ProtobufMessage();
        tensor.Int(1, (int)port.Type);
        if (port.Shape is not null)
        {
            tensor.Message(2, Shape(port.Shape));
        }

        var type = new ProtobufMessage();
        type.Message(1, tensor);
        var info = new ProtobufMessage();
        info.Text(1, port.Name);
        info.Message(2, type);
        return info;
    }

    private static ProtobufMessage Shape(Dimension[] dimensions)
    {
        var shape = new ProtobufMessage();
        foreach (var dimension in dimensions)
        {
            var dim = new ProtobufMessage();
            if (dimension.Value is { } value)
            {
                dim.Int(1, value);
            }
            else
            {
                dim.Text(2, dimension.Name!);
            }

            shape.Message(1, dim);
        }

        return shape;
    }

    private static ProtobufMessage OperatorSet(string domain, int version)
    {
        var message = new ProtobufMessage();
        message.Text(1, domain);
        message.Int(2, version);
        return message;
    }

    private static ProtobufMessage Pair(string key, string value)
    {
        var message = new ProtobufMessage();
        message.Text(1, key);
        message.Text(2, value);
        return message;
    }

    private static long FieldLength(int field, long length)
    {
        var message = new ProtobufMessage();
        message.OpenField(field, length);
        return message.Length + length;
    }
}
