using FastVlm.Onnx.Devices;
using FastVlm.Onnx.Images;
using FastVlm.Onnx.Prompts;

namespace FastVlm.Onnx;

/// <summary>How a model is loaded. The defaults suit the CPU and every model of this family.</summary>
public sealed record ModelOptions
{
    public ComputeDevice Device { get; init; } = ComputeDevice.Cpu;

    /// <summary>CPU threads a run may use; 0 takes one per core.</summary>
    public int Threads { get; init; }

    /// <summary>fp32, fp16, int8 or int4, or a suffix of the public files such as "q4f16"; null takes what the model says or has.</summary>
    public string? Dtype { get; init; }

    /// <summary>Overrides how pictures are fitted to the square; null takes the model's own way.</summary>
    public ImageAspect? Aspect { get; init; }

    /// <summary>
    /// Tokens that prompt, picture and answer may share, at most; the model's own limit holds where it is lower. The
    /// memory for them is reserved once (24 kB per token for a 0.5B model in fp32) and touched as it is used.
    /// </summary>
    public int ContextLengthMax { get; init; } = 4096;

    public ChatTemplate Template { get; init; } = ChatTemplate.Qwen2;

    /// <summary>Tests compare the ways in which past keys and values can be kept; null chooses by a trial run.</summary>
    internal bool? SharesCacheBuffers { get; init; }
}
