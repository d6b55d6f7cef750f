using FastVlm.Pipeline;

namespace FastVlm.Export.Synthesis;

/// <summary>The dimensions of a FastVLM model of one size: what a checkpoint's shapes would say.</summary>
internal sealed record SyntheticSize
{
    public required string Name { get; init; }

    public required int[] Depths { get; init; }

    public required int[] Widths { get; init; }

    public required int ImageSize { get; init; }

    public required int Hidden { get; init; }

    public required int Layers { get; init; }

    public required int Heads { get; init; }

    public required int KeyValueHeads { get; init; }

    public required int Intermediate { get; init; }

    public required int Vocabulary { get; init; }

    public required int MaxPositions { get; init; }

    public required bool TiedHead { get; init; }

    /// <summary>Id of the first of the four special tokens: end of text, start and end of a message, image.</summary>
    public required int FirstSpecialToken { get; init; }

    public static IReadOnlyList<string> Names => ["mini", "0.5b", "1.5b", "7b"];

    /// <exception cref="FailureException">Usage: no such size.</exception>
    public static SyntheticSize Of(string name) => name switch
    {
        "mini" => new SyntheticSize
        {
            Name = name, Depths = [1, 2, 2, 1, 1], Widths = [16, 32, 64, 128, 256], ImageSize = 256,
            Hidden = 128, Layers = 3, Heads = 4, KeyValueHeads = 2, Intermediate = 320,
            Vocabulary = 512, MaxPositions = 2048, TiedHead = true, FirstSpecialToken = 508,
        },
        "0.5b" => FullEncoder(name) with { Hidden = 896, Layers = 24, Heads = 14, KeyValueHeads = 2, Intermediate = 4864 },
        "1.5b" => FullEncoder(name) with { Hidden = 1536, Layers = 28, Heads = 12, KeyValueHeads = 2, Intermediate = 8960 },
        "7b" => FullEncoder(name) with
        {
            Hidden = 3584, Layers = 28, Heads = 28, KeyValueHeads = 4, Intermediate = 18944, Vocabulary = 152064, TiedHead = false,
        },
        _ => throw new FailureException(
            FailureKind.Usage,
            $"There is no synthetic model of size '{name}'; the sizes are {string.Join(", ", Names)}."),
    };

    /// <summary>FastViTHD at 1024 pixels, which all released sizes share.</summary>
    private static SyntheticSize FullEncoder(string name) => new()
    {
        Name = name, Depths = [2, 12, 24, 4, 2], Widths = [96, 192, 384, 768, 1536], ImageSize = 1024,
        Hidden = 0, Layers = 0, Heads = 0, KeyValueHeads = 0, Intermediate = 0,
        Vocabulary = 151936, MaxPositions = 32768, TiedHead = true, FirstSpecialToken = 151643,
    };
}
