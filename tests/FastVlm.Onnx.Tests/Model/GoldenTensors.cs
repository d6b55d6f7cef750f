using System.Runtime.InteropServices;
using System.Text.Json;

namespace FastVlm.Onnx.Tests.Model;

/// <summary>Reads expected.safetensors of the golden mini model.</summary>
internal sealed class GoldenTensors
{
    private readonly byte[] _file = File.ReadAllBytes(Path.Combine(MiniModel.Checkpoint, "expected.safetensors"));
    private readonly JsonElement _header;
    private readonly int _start;

    public GoldenTensors()
    {
        _start = 8 + (int)BitConverter.ToInt64(_file);
        _header = JsonDocument.Parse(_file.AsMemory(8, _start - 8)).RootElement;
    }

    public float[] Floats(string name) => MemoryMarshal.Cast<byte, float>(Bytes(name)).ToArray();

    public int[] Integers(string name) => [.. MemoryMarshal.Cast<byte, long>(Bytes(name)).ToArray().Select(value => (int)value)];

    private Span<byte> Bytes(string name)
    {
        var offsets = _header.GetProperty(name).GetProperty("data_offsets");
        return _file.AsSpan((_start + offsets[0].GetInt32())..(_start + offsets[1].GetInt32()));
    }
}
