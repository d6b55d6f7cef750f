namespace FastVlm.Embedded.Models;

/// <summary>What lies beside the program: the demonstration model, the demo clip, the manifests of public models.</summary>
internal sealed class ShippedModels(string applicationFolder)
{
    /// <summary>The model that commands use where none is named.</summary>
    public const string DefaultName = "fastvlm-nano";

    public const string DefaultTitle = "Demonstration model for rendered factory scenes; the default";

    private readonly string _folder = Path.Combine(applicationFolder, "models");

    public string CatalogueFolder => Path.Combine(_folder, "public");

    public string DemoClip => Path.Combine(_folder, "demo", "demo.mp4");

    /// <summary>Folder of the checkpoint of a built-in model; null where no such model ships.</summary>
    public string? FindCheckpoint(string name) =>
        name == DefaultName && Path.Combine(_folder, DefaultName) is var folder && Directory.Exists(folder) ? folder : null;
}
