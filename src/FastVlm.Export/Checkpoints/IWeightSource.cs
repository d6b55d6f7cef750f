namespace FastVlm.Export.Checkpoints;

/// <summary>
/// Where weights come from, under canonical names (Apple's, with the long prefixes cut off):
/// <c>vision.patch_embed.0.…</c>, <c>projector.0.weight</c>, <c>decoder.layers.0.…</c>, <c>decoder.embed_tokens.weight</c>,
/// <c>decoder.norm.weight</c>, <c>lm_head.weight</c>. Two of them: a checkpoint on disk, and seeded random weights.
/// </summary>
internal interface IWeightSource
{
    /// <summary>What to call the whole in messages, as the subject of a sentence.</summary>
    string Description { get; }

    /// <summary>Canonical names and shapes of everything there is.</summary>
    IReadOnlyDictionary<string, long[]> Shapes { get; }

    /// <summary>Tensors that lie beside the network and have no canonical name, for example a classifier head.</summary>
    IReadOnlyList<string> Unplaced { get; }

    /// <summary>The name to use in messages: the tensor as its owner knows it.</summary>
    string DisplayName(string canonicalName);

    /// <summary>Reads elements [start, start + destination.Length) in row-major order.</summary>
    void Read(string canonicalName, long start, Span<float> destination);
}
