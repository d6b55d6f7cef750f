using FastVlm.Onnx.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace FastVlm.Onnx.Prompts;

/// <summary>The rows of a whole prompt in one buffer that is kept: text is embedded and the picture's rows are spliced in.</summary>
internal sealed class PinnedPrompt(ModelParts parts) : IDisposable
{
    private readonly int _width = parts.Decoder.Shape.Width;

    /// <summary>[1, tokens, width] of the last prompt.</summary>
    public PinnedTensor Rows { get; } = new(parts.Decoder.Shape.EmbeddingType, 1, 1, parts.Decoder.Shape.Width);

    /// <summary>No id is sent for the picture: its placeholder may lie beyond the embedding's last row.</summary>
    public void Fill(PromptTokens prompt, IEnumerable<OrtValue> features)
    {
        Rows.Reshape(1, prompt.TokenCount, _width);
        parts.Embedder.Embed(prompt.Before, Rows, 0);
        var offset = prompt.Before.Length * _width;
        foreach (var value in features)
        {
            Rows.Write(offset, value);
            offset += (int)value.GetTensorTypeAndShape().ElementCount;
        }

        parts.Embedder.Embed(prompt.After, Rows, prompt.PictureEnd);
    }

    /// <summary>Text alone, as it follows rows that the decoder already has.</summary>
    public void Fill(ReadOnlySpan<int> ids)
    {
        Rows.Reshape(1, ids.Length, _width);
        parts.Embedder.Embed(ids, Rows, 0);
    }

    /// <summary>Another prompt about the picture of <paramref name="source"/>.</summary>
    public void Fill(PromptTokens prompt, PinnedPrompt source, PromptTokens sourcePrompt)
    {
        Rows.Reshape(1, prompt.TokenCount, _width);
        parts.Embedder.Embed(prompt.Before, Rows, 0);
        Rows.WriteRaw(
            prompt.Before.Length * _width, source.Rows.Value, sourcePrompt.Before.Length * _width, prompt.ImageTokenCount * _width);
        parts.Embedder.Embed(prompt.After, Rows, prompt.PictureEnd);
    }

    public void Dispose() => Rows.Dispose();
}
