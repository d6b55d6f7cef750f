namespace FastVlm.Pipeline.Configuration;

/// <summary>A prompt that people need often.</summary>
public sealed record PromptPreset(string Id, string Title, string Prompt);

/// <summary>The prompts offered to people. Short answers are fast answers.</summary>
public static class PromptPresets
{
    public static PromptPreset Default { get; } = new("describe", "Describe the scene", "Describe the image.");

    public static IReadOnlyList<PromptPreset> All { get; } =
    [
        Default,
        new("brief", "One short sentence", "Describe what is happening in one short sentence."),
        new("parts", "Parts on the line", "Are parts in place, missing or dropped? Answer in one short sentence."),
        new("safety", "People and safety", "Describe people, their protective equipment and any danger in one short sentence."),
        new("machine", "State of the machine", "Is the machine running, stopped or jammed? Answer in one short sentence."),
    ];
}
