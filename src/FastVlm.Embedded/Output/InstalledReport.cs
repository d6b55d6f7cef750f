using FastVlm.Onnx.Store;

namespace FastVlm.Embedded.Output;

/// <summary>Says what is installed now, with its licence.</summary>
internal static class InstalledReport
{
    public static void Write(CommandOutput output, ModelDirectory model, string type)
    {
        output.Event(new
        {
            Type = type,
            model.Name,
            model.Dtype,
            model.Licence,
            Path = model.FullPath,
            model.Lock?.Source,
            model.Lock?.Revision,
            Files = model.RecordedFiles.Count,
            SizeBytes = model.RecordedFiles.Sum(file => file.SizeBytes),
        });
        var verb = type switch
        {
            "alreadyInstalled" => "is installed already and as recorded",
            "imported" => "is imported",
            _ => "is installed",
        };
        output.Line(
            $"{model.Name} ({model.Dtype ?? "as found"}, {model.Licence}) {verb}: {model.RecordedFiles.Count} files, "
            + $"{Quantities.Bytes(model.RecordedFiles.Sum(file => file.SizeBytes))} in {model.FullPath}");
        output.Line($"Use it with --model {model.Name}");
    }
}
