using FastVlm.Onnx.Prompts;

namespace FastVlm.Embedded.Models;

/// <summary>Which model a command asked for, and how to load it.</summary>
internal sealed record ModelChoice
{
    public required string NameOrFolder { get; init; }

    /// <summary>cpu, cuda:N, coreml or dml.</summary>
    public required string Device { get; init; }

    /// <summary>fp32, fp16, int8, int4, or a suffix of the public files; null takes what is there.</summary>
    public string? Dtype { get; init; }

    public ChatTemplate Template { get; init; } = ChatTemplate.Qwen2;
}
