namespace FastVlm.Onnx.Tokens;

/// <summary>A token that is found in the text before words are split, e.g. <c>&lt;|im_start|&gt;</c>.</summary>
internal sealed record AddedToken
{
    public required int Id { get; init; }

    public required string Content { get; init; }

    /// <summary>Left out when an answer is turned into text.</summary>
    public bool Special { get; init; }

    /// <summary>Swallows white space on its left.</summary>
    public bool StripsLeft { get; init; }

    /// <summary>Swallows white space on its right.</summary>
    public bool StripsRight { get; init; }

    /// <summary>Does not match inside a word.</summary>
    public bool SingleWord { get; init; }

    /// <summary>Is looked for in the normalised text rather than in the text as it came.</summary>
    public bool Normalized { get; init; }
}
