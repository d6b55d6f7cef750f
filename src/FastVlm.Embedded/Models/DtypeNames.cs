using FastVlm.Export;
using FastVlm.Pipeline;

namespace FastVlm.Embedded.Models;

/// <summary>The exporter's precisions as options name them.</summary>
internal static class DtypeNames
{
    public static readonly string[] All = [.. Enum.GetValues<ModelDtype>().Select(dtype => dtype.Name())];

    /// <exception cref="FailureException">The exporter writes no such precision.</exception>
    public static ModelDtype Parse(string? name) =>
        name is null ? ModelDtype.Fp32
        : Enum.GetValues<ModelDtype>().Cast<ModelDtype?>().FirstOrDefault(dtype => dtype!.Value.Name() == name)
            ?? throw new FailureException(FailureKind.Usage, $"The exporter writes no '{name}'; choose one of {string.Join(", ", All)}.");
}
