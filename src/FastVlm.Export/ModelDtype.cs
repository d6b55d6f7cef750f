using System.Diagnostics.CodeAnalysis;

namespace FastVlm.Export;

/// <summary>The number format of an exported model's weights.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "int8 and int4 are what these formats are called.")]
public enum ModelDtype
{
    /// <summary>32-bit floats throughout: the reference.</summary>
    Fp32,

    /// <summary>16-bit weights and matrix products; normalisation, softmax and residual sums stay in 32 bits.</summary>
    Fp16,

    /// <summary>8-bit weights of every linear and 1×1 convolution, one scale per 32 inputs; activations in 32 bits.</summary>
    Int8,

    /// <summary>4-bit weights of every linear and 1×1 convolution, one scale per 32 inputs; activations in 32 bits.</summary>
    Int4,
}

/// <summary>How formats are called in options, manifests and file names.</summary>
public static class ModelDtypes
{
    /// <summary>fp32, fp16, int8 or int4.</summary>
    public static string Name(this ModelDtype dtype) => dtype.ToString().ToLowerInvariant();

    /// <summary>What follows the graph's name in its file name: nothing, _fp16, _int8 or _q4 (as public directories do).</summary>
    public static string FileSuffix(this ModelDtype dtype) => dtype switch
    {
        ModelDtype.Fp32 => "",
        ModelDtype.Int4 => "_q4",
        _ => "_" + dtype.Name(),
    };

    /// <summary>Bits of a packed weight, or null where weights are floats.</summary>
    internal static int? PackedBits(this ModelDtype dtype) => dtype switch
    {
        ModelDtype.Int8 => 8,
        ModelDtype.Int4 => 4,
        _ => null,
    };
}
