using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using System.Runtime.InteropServices;

namespace FastVlm.Onnx.Decoding;

/// <summary>All-ones masks [1, length] over one buffer, made as lengths occur and kept: a step allocates none.</summary>
internal sealed class AttentionMasks(int lengthMax) : IDisposable
{
    private readonly long[] _ones = AllOnes(lengthMax);
    private readonly OrtValue?[] _masks = new OrtValue?[lengthMax + 1];

    public OrtValue OfLength(int length) => _masks[length] ??= OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance, TensorElementType.Int64, [1, length],
        Marshal.UnsafeAddrOfPinnedArrayElement(_ones, 0), _ones.Length * sizeof(long));

    public void Dispose()
    {
        foreach (var mask in _masks) mask?.Dispose();
    }

    private static long[] AllOnes(int count)
    {
        var ones = GC.AllocateUninitializedArray<long>(count, pinned: true);
        ones.AsSpan().Fill(1);
        return ones;
    }
}
