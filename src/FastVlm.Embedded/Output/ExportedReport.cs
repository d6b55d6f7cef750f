using FastVlm.Export;

namespace FastVlm.Embedded.Output;

/// <summary>Says what the exporter wrote.</summary>
internal static class ExportedReport
{
    public static void Write(CommandOutput output, ExportReport report)
    {
        var manifest = report.Manifest;
        var sizeBytes = manifest.Files.Sum(file => file.SizeBytes);
        output.Event(new
        {
            Type = "exported",
            manifest.Name,
            manifest.Dtype,
            manifest.Licence,
            Path = report.Directory,
            Files = manifest.Files.Count,
            SizeBytes = sizeBytes,
            report.Sizes,
            report.SharedEmbedding,
            report.IgnoredTensors,
        });
        var sizes = report.Sizes;
        output.Line(
            $"{manifest.Name} ({manifest.Dtype}, {manifest.Licence}): {manifest.Files.Count} files, "
            + $"{Quantities.Bytes(sizeBytes)} in {report.Directory}");
        output.Line(
            $"{sizes.Layers} layers of {sizes.Hidden}, {sizes.Heads} heads ({sizes.KeyValueHeads} for keys and values), "
            + $"vocabulary {sizes.Vocabulary}, pictures of {sizes.ImageSize} px; "
            + $"embedding and head {(report.SharedEmbedding ? "are equal and stored once" : "are stored each")}.");
        if (report.IgnoredTensors.Count > 0)
        {
            output.Remark($"Tensors that belong to no graph: {string.Join(", ", report.IgnoredTensors)}.");
        }
    }
}
