using System.Runtime.InteropServices;
using System.Text;

namespace FastVlm.Onnx.Tests.Model;

/// <summary>Writes a small ONNX file by hand: enough of protobuf for graphs that our exporter does not make.</summary>
internal sealed class OnnxSketch
{
    public const int Float = 1, Int64 = 7, Half = 10;

    private readonly Message _graph = new Message().Text(2, "sketch");

    /// <summary>A negative dimension is a free one.</summary>
    public OnnxSketch Input(string name, int type, params long[] shape) => Declare(11, name, type, shape);

    public OnnxSketch Output(string name, int type, params long[] shape) => Declare(12, name, type, shape);

    public OnnxSketch Constant(string name, long[] shape, float[] values) =>
        Tensor(name, Float, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    public OnnxSketch Constant(string name, params long[] values) =>
        Tensor(name, Int64, [values.Length], MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    public OnnxSketch Node(string operation, string[] inputs, string output, params (string Name, object Value)[] attributes)
    {
        var node = new Message();
        foreach (var input in inputs) node.Text(1, input);
        node.Text(2, output).Text(3, output).Text(4, operation);
        foreach (var (name, value) in attributes)
        {
            var attribute = new Message().Text(1, name);
            if (value is long number) attribute.Number(3, number).Number(20, 2);
            else foreach (var item in (long[])value) attribute.Number(8, item);
            if (value is long[]) attribute.Number(20, 7);
            node.Nested(5, attribute);
        }

        _graph.Nested(1, node);
        return this;
    }

    public void Save(string path) => File.WriteAllBytes(
        path, new Message().Number(1, 8).Nested(7, _graph).Nested(8, new Message().Text(1, "").Number(2, 17)).ToArray());

    private OnnxSketch Tensor(string name, int type, long[] shape, byte[] raw)
    {
        var tensor = new Message();
        foreach (var dimension in shape) tensor.Number(1, dimension);
        _graph.Nested(5, tensor.Number(2, type).Text(8, name).Bytes(9, raw));
        return this;
    }

    private OnnxSketch Declare(int field, string name, int type, long[] shape)
    {
        var dimensions = new Message();
        for (var i = 0; i < shape.Length; i++)
        {
            dimensions.Nested(1, shape[i] < 0 ? new Message().Text(2, $"{name}_{i}") : new Message().Number(1, shape[i]));
        }

        var tensor = new Message().Number(1, type).Nested(2, dimensions);
        _graph.Nested(field, new Message().Text(1, name).Nested(2, new Message().Nested(1, tensor)));
        return this;
    }

    private sealed class Message
    {
        private readonly List<byte> _bytes = [];

        public Message Number(int field, long value)
        {
            Varint((ulong)field << 3);
            Varint((ulong)value);
            return this;
        }

        public Message Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

        public Message Nested(int field, Message value) => Bytes(field, value.ToArray());

        public Message Bytes(int field, byte[] value)
        {
            Varint(((ulong)field << 3) | 2);
            Varint((ulong)value.Length);
            _bytes.AddRange(value);
            return this;
        }

        public byte[] ToArray() => [.. _bytes];

        private void Varint(ulong value)
        {
            for (; value >= 0x80; value >>= 7) _bytes.Add((byte)(value | 0x80));
            _bytes.Add((byte)value);
        }
    }
}
