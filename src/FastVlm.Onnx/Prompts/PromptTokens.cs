namespace FastVlm.Onnx.Prompts;

/// <summary>A prompt as tokens: text, picture, text.</summary>
internal sealed record PromptTokens(int[] Before, int[] After)
{
    public int ImageTokenCount { get; init; }

    /// <summary>Tokens up to and with the picture's last.</summary>
    public int PictureEnd => Before.Length + ImageTokenCount;

    public int TokenCount => PictureEnd + After.Length;

    public int[] TextIds => [.. Before, .. After];
}
