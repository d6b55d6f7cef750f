using FastVlm.Pipeline;

namespace FastVlm.Onnx.Prompts;

/// <summary>How a system message and a user's prompt become the text that a model was trained to continue.</summary>
public sealed record ChatTemplate
{
    /// <summary>Where the picture's tokens go.</summary>
    public const string ImageMarker = "<image>";

    /// <summary>ChatML with Apple's system message: the template of every released FastVLM.</summary>
    public static readonly ChatTemplate Qwen2 = new()
    {
        Name = "qwen_2",
        SystemPrompt = "You are a helpful assistant.",
        Pattern = "<|im_start|>system\n{system}<|im_end|>\n<|im_start|>user\n{user}<|im_end|>\n<|im_start|>assistant\n",
        ControlTokens = ["<|im_start|>", "<|im_end|>"],
    };

    /// <summary>The picture and the prompt, nothing else.</summary>
    public static readonly ChatTemplate Plain = new() { Name = "plain", SystemPrompt = "", Pattern = "{user}", ControlTokens = [] };

    private static readonly ChatTemplate[] All = [Qwen2, Plain];

    public required string Name { get; init; }

    public required string SystemPrompt { get; init; }

    /// <summary>Text with <c>{system}</c> and <c>{user}</c>.</summary>
    public required string Pattern { get; init; }

    /// <summary>What a tokenizer must know as one token each for this template to mean anything.</summary>
    public required IReadOnlyList<string> ControlTokens { get; init; }

    /// <exception cref="FailureException">There is no template of that name.</exception>
    public static ChatTemplate Named(string name) => All.FirstOrDefault(template => template.Name == name)
        ?? throw new FailureException(
            FailureKind.Usage, $"There is no conversation template '{name}'; known are "
                + $"{string.Join(", ", All.Select(template => template.Name))}.");

    /// <summary>The texts before and after the picture.</summary>
    /// <exception cref="FailureException">The prompt names more than one picture.</exception>
    public (string Before, string After) Format(string? systemPrompt, string prompt)
    {
        var user = prompt.Contains(ImageMarker, StringComparison.Ordinal) ? prompt : $"{ImageMarker}\n{prompt}";
        var (head, tail) = Cut(Pattern, "{user}");
        var before = head.Replace("{system}", systemPrompt ?? SystemPrompt, StringComparison.Ordinal);
        var (beforeImage, afterImage) = Cut(user, ImageMarker);
        if (before.Contains(ImageMarker, StringComparison.Ordinal) || afterImage.Contains(ImageMarker, StringComparison.Ordinal))
        {
            throw new FailureException(
                FailureKind.Usage, $"The prompt has more than one {ImageMarker}; a request carries one picture: name it once.");
        }

        return (before + beforeImage, afterImage + tail);
    }

    private static (string Before, string After) Cut(string text, string marker)
    {
        var at = text.IndexOf(marker, StringComparison.Ordinal);
        return (text[..at], text[(at + marker.Length)..]);
    }
}
