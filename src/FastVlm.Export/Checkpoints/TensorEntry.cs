namespace FastVlm.Export.Checkpoints;

/// <summary>The number formats a checkpoint may use for weights; others are listed by name but cannot be read.</summary>
internal enum StoredDtype
{
    F32,
    F16,
    BF16,
    I64,
    Other,
}

/// <summary>One tensor of a safetensors file: where its bytes lie, counted from the start of the file.</summary>
internal sealed record TensorEntry(string Name, StoredDtype Dtype, string DtypeName, long[] Shape, long Offset, long ByteCount)
{
    /// <summary>The number of elements; a scalar has one.</summary>
    public long ElementCount => Shape.Aggregate(1L, (product, dim) => product * dim);

    /// <summary>Bytes of one element, or 0 when the format is not one we read.</summary>
    public int ElementSize => Dtype switch
    {
        StoredDtype.F32 => 4,
        StoredDtype.F16 or StoredDtype.BF16 => 2,
        StoredDtype.I64 => 8,
        _ => 0,
    };
}
