using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace FastVlm.Onnx.Graphs;

/// <summary>
/// CPU memory that keeps its place, seen by graphs under any shape that fits. Holds float, half or 64-bit values; rows
/// of floats are converted on the way in and out.
/// </summary>
internal sealed class PinnedTensor : IDisposable
{
    private readonly TensorElementType _type;
    private readonly int _elementBytes;
    private byte[] _bytes = [];
    private OrtValue? _value;
    private long[] _shape = [];

    public PinnedTensor(TensorElementType type, params ReadOnlySpan<long> shape)
    {
        _type = type;
        _elementBytes = type switch
        {
            TensorElementType.Float => 4,
            TensorElementType.Float16 => 2,
            TensorElementType.Int64 => 8,
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "float, float16 or int64"),
        };
        Reshape(shape);
    }

    /// <summary>The tensor as it is shaped now. Valid until the next <see cref="Reshape"/>.</summary>
    public OrtValue Value => _value!;

    public bool IsHalf => _type == TensorElementType.Float16;

    /// <summary>The values as floats; only for that type.</summary>
    public Span<float> Floats => MemoryMarshal.Cast<byte, float>(_bytes.AsSpan(0, Length * 4));

    /// <summary>The values as 64-bit integers; only for that type.</summary>
    public Span<long> Integers => MemoryMarshal.Cast<byte, long>(_bytes.AsSpan(0, Length * 8));

    private int Length { get; set; }

    /// <summary>Gives the tensor another shape; its values are lost where it must grow.</summary>
    public void Reshape(params ReadOnlySpan<long> shape)
    {
        if (_value is not null && shape.SequenceEqual(_shape)) return;
        _shape = shape.ToArray();
        Length = 1;
        foreach (var dimension in shape) Length = checked(Length * (int)dimension);
        if (_bytes.Length < Length * _elementBytes || _bytes.Length == 0)
        {
            _bytes = GC.AllocateUninitializedArray<byte>(Math.Max(Length * _elementBytes, 64), pinned: true);
        }

        _value?.Dispose();
        _value = OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, _type, _shape, Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0), _bytes.Length);
    }

    /// <summary>Writes floats at an element offset, as the tensor's own type.</summary>
    public void Write(int offset, ReadOnlySpan<float> values)
    {
        if (IsHalf) TensorPrimitives.ConvertToHalf(values, MemoryMarshal.Cast<byte, Half>(_bytes.AsSpan()).Slice(offset, values.Length));
        else values.CopyTo(Floats[offset..]);
    }

    /// <summary>Copies another tensor's float or half values to an element offset.</summary>
    public void Write(int offset, OrtValue source)
    {
        var raw = source.GetTensorMutableRawData();
        if (source.GetTensorTypeAndShape().ElementDataType == _type)
        {
            raw.CopyTo(_bytes.AsSpan(offset * _elementBytes));
        }
        else if (IsHalf)
        {
            Write(offset, MemoryMarshal.Cast<byte, float>(raw));
        }
        else
        {
            var halves = MemoryMarshal.Cast<byte, Half>(raw);
            TensorPrimitives.ConvertToSingle(halves, Floats.Slice(offset, halves.Length));
        }
    }

    /// <summary>Copies a range of another tensor of the same type to an element offset.</summary>
    public void WriteRaw(int offset, OrtValue source, int sourceOffset, int count) =>
        source.GetTensorMutableRawData().Slice(sourceOffset * _elementBytes, count * _elementBytes)
            .CopyTo(_bytes.AsSpan(offset * _elementBytes));

    public void Dispose() => _value?.Dispose();
}
