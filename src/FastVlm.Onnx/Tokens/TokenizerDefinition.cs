namespace FastVlm.Onnx.Tokens;

/// <summary>What tokenizer files say, in one form whichever files said it.</summary>
internal sealed record TokenizerDefinition
{
    /// <summary>Where it was read, for messages.</summary>
    public required string Source { get; init; }

    /// <summary>Spelling in <see cref="ByteAlphabet"/> characters → id.</summary>
    public required Dictionary<string, int> Vocabulary { get; init; }

    /// <summary>Pairs of spellings, most urgent first.</summary>
    public required List<(string Left, string Right)> Merges { get; init; }

    public required List<AddedToken> AddedTokens { get; init; }

    /// <summary>Applied one after the other, each to the pieces of the one before.</summary>
    public required List<string> SplitPatterns { get; init; }

    public bool ComposesCanonically { get; init; }

    public bool AddsPrefixSpace { get; init; }

    public bool IgnoresMerges { get; init; }
}
