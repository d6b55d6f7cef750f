namespace FastVlm.Embedded.Commands;

internal static class PromptDefaults
{
    /// <summary>Of predict.py, and what the demonstration model was trained to answer with a caption.</summary>
    public const string Prompt = "Describe the image.";
}
