using Microsoft.ML.OnnxRuntime;

namespace FastVlm.Onnx.Decoding;

/// <summary>The keys and values of the tokens so far, and how a run reads and extends them.</summary>
internal abstract class KeyValueCache : IDisposable
{
    /// <summary>Binds past inputs and present outputs for the next run.</summary>
    public abstract void Bind(OrtIoBinding binding);

    /// <summary>Takes the present outputs of a run; their order is the graph's.</summary>
    public abstract void Absorb(IEnumerable<OrtValue> presents);

    /// <summary>True where a run's outputs must be fetched and given to <see cref="Absorb"/>.</summary>
    public abstract bool IsFedByOutputs { get; }

    /// <summary>Forgets everything.</summary>
    public abstract void Clear();

    /// <summary>Forgets all but the first tokens.</summary>
    /// <param name="length">How many to keep; no more than there are.</param>
    public abstract void Keep(int length);

    public abstract void Dispose();
}

/// <summary>
/// One buffer of full length per layer, given as past and as present: the graph writes new rows in place. Reserved
/// once; the operating system backs it with memory as it is used.
/// </summary>
internal sealed class SharedKeyValueCache : KeyValueCache
{
    private readonly DecoderShape _shape;
    private readonly List<OrtValue> _buffers;

    public SharedKeyValueCache(DecoderShape shape, OrtAllocator allocator, int lengthMax)
    {
        _shape = shape;
        _buffers = [.. shape.PastNames.Select(
            _ => OrtValue.CreateAllocatedTensorValue(allocator, shape.PastType, shape.PastShape(1, lengthMax)))];
    }

    public override bool IsFedByOutputs => false;

    public OrtValue this[int index] => _buffers[index];

    public override void Bind(OrtIoBinding binding)
    {
        for (var i = 0; i < _buffers.Count; i++)
        {
            binding.BindInput(_shape.PastNames[i], _buffers[i]);
            binding.BindOutput(_shape.PresentNames[i], _buffers[i]);
        }
    }

    public override void Absorb(IEnumerable<OrtValue> presents)
    {
    }

    // What a graph may read is bounded by the attention mask, so old rows need not be wiped.
    public override void Clear()
    {
    }

    public override void Keep(int length)
    {
    }

    public override void Dispose() => _buffers.ForEach(buffer => buffer.Dispose());
}

/// <summary>
/// Each run allocates presents that are longer by the new tokens, and they are the next run's past: works with every
/// graph and any batch, at the price of a copy per token.
/// </summary>
internal sealed class GrowingKeyValueCache : KeyValueCache
{
    private readonly DecoderShape _shape;
    private List<OrtValue> _pasts = [];

    public GrowingKeyValueCache(DecoderShape shape)
    {
        _shape = shape;
        Clear();
    }

    public override bool IsFedByOutputs => true;

    public OrtValue this[int index] => _pasts[index];

    public override void Bind(OrtIoBinding binding)
    {
        for (var i = 0; i < _pasts.Count; i++)
        {
            binding.BindInput(_shape.PastNames[i], _pasts[i]);
            binding.BindOutputToDevice(_shape.PresentNames[i], OrtMemoryInfo.DefaultInstance);
        }
    }

    public override void Absorb(IEnumerable<OrtValue> presents)
    {
        Release();
        _pasts = [.. presents];
    }

    public override void Clear()
    {
        Release();
        _pasts = [.. _shape.PastNames.Select(_ => OrtValue.CreateAllocatedTensorValue(
            OrtAllocator.DefaultInstance, _shape.PastType, _shape.PastShape(1, 0)))];
    }

    public override void Keep(int length)
    {
        for (var i = 0; i < _pasts.Count; i++)
        {
            var kept = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, _shape.PastType, _shape.PastShape(1, length));
            CacheMemory.CopyRows(_pasts[i], 0, kept, 0, length);
            _pasts[i].Dispose();
            _pasts[i] = kept;
        }
    }

    public override void Dispose() => Release();

    private void Release()
    {
        _pasts.ForEach(past => past.Dispose());
        _pasts = [];
    }
}
