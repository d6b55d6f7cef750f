using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace FastVlm.Onnx.Graphs;

/// <summary>Reads float or half tensors as floats.</summary>
internal static class FloatValues
{
    /// <summary>Copies elements from an offset on.</summary>
    public static void CopyTo(OrtValue source, int offset, Span<float> target)
    {
        var raw = source.GetTensorMutableRawData();
        if (source.GetTensorTypeAndShape().ElementDataType == TensorElementType.Float)
        {
            MemoryMarshal.Cast<byte, float>(raw).Slice(offset, target.Length).CopyTo(target);
        }
        else
        {
            TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(raw).Slice(offset, target.Length), target);
        }
    }
}
