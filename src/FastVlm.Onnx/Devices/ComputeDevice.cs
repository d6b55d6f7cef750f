using System.Globalization;
using FastVlm.Pipeline;

namespace FastVlm.Onnx.Devices;

/// <summary>Kinds of hardware that ONNX Runtime can compute on.</summary>
public enum ComputeDeviceKind
{
    Cpu,

    /// <summary>NVIDIA, through the CUDA provider.</summary>
    Cuda,

    /// <summary>Apple, through Core ML.</summary>
    CoreMl,

    /// <summary>Windows, through DirectML.</summary>
    DirectMl,
}

/// <summary>Where a model runs: <c>cpu</c>, <c>cuda:N</c>, <c>coreml</c> or <c>dml</c>.</summary>
public sealed record ComputeDevice(ComputeDeviceKind Kind, int Index = 0)
{
    public static readonly ComputeDevice Cpu = new(ComputeDeviceKind.Cpu);

    /// <exception cref="FailureException">The text names no device.</exception>
    public static ComputeDevice Parse(string text)
    {
        var name = text.Split(':', 2);
        ComputeDeviceKind? kind = name[0] switch
        {
            "cpu" => ComputeDeviceKind.Cpu,
            "cuda" => ComputeDeviceKind.Cuda,
            "coreml" => ComputeDeviceKind.CoreMl,
            "dml" => ComputeDeviceKind.DirectMl,
            _ => null,
        };
        var index = 0;
        var numbered = name.Length == 1
            || (kind == ComputeDeviceKind.Cuda && int.TryParse(name[1], NumberStyles.None, CultureInfo.InvariantCulture, out index));
        return kind is { } known && numbered
            ? new ComputeDevice(known, index)
            : throw new FailureException(FailureKind.Usage, $"'{text}' is no device; use cpu, cuda:N (e.g. cuda:0), coreml or dml.");
    }

    public override string ToString() => Kind switch
    {
        ComputeDeviceKind.Cuda => $"cuda:{Index}",
        ComputeDeviceKind.CoreMl => "coreml",
        ComputeDeviceKind.DirectMl => "dml",
        _ => "cpu",
    };
}
