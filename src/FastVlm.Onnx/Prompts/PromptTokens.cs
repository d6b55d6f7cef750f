namespace FastVlm.Onnx.Prompts;

/// <summary>A prompt as tokens: text, picture, text.</summary>
internal sealed record PromptTokens(int[] Before, int[] After)
{
    public int ImageTokenCount { get; init; }

    public int TokenCount => Before.Length + ImageTokenCount + After.Length;

    public int[] TextIds => [.. Before, .. After];
}
