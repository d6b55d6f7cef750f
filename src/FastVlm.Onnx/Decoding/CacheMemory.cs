using FastVlm.Onnx.Devices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace FastVlm.Onnx.Decoding;

/// <summary>Where keys and values lie, and how rows of them are copied.</summary>
internal static class CacheMemory
{
    /// <summary>The device's own memory where it has one, so that the cache never crosses the bus.</summary>
    public static OrtAllocator AllocatorFor(InferenceSession session, ComputeDevice device)
    {
        using var memory = ExecutionProvider.MemoryOf(device);
        return memory is null ? OrtAllocator.DefaultInstance : new OrtAllocator(session, memory);
    }

    /// <summary>Copies the first rows of one branch of a [batch, heads, length, width] tensor to a branch of another.</summary>
    public static void CopyRows(OrtValue source, int sourceBranch, OrtValue target, int targetBranch, int rows)
    {
        var from = Layout.Of(source);
        var to = Layout.Of(target);
        var sourceBytes = source.GetTensorMutableRawData();
        var targetBytes = target.GetTensorMutableRawData();
        for (var head = 0; head < from.Heads; head++)
        {
            var start = checked((int)(((long)sourceBranch * from.Heads + head) * from.HeadBytes));
            var end = checked((int)(((long)targetBranch * to.Heads + head) * to.HeadBytes));
            sourceBytes.Slice(start, rows * from.RowBytes).CopyTo(targetBytes[end..]);
        }
    }

    private readonly record struct Layout(int Heads, long HeadBytes, int RowBytes)
    {
        public static Layout Of(OrtValue value)
        {
            var information = value.GetTensorTypeAndShape();
            var rowBytes = (int)information.Shape[3] * (information.ElementDataType == TensorElementType.Float ? 4 : 2);
            return new Layout((int)information.Shape[1], information.Shape[2] * rowBytes, rowBytes);
        }
    }
}
