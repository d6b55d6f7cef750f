using FastVlm.Pipeline;

namespace FastVlm.Embedded.Models;

/// <summary>What lies beside the program: the demonstration model, the demo clip, the manifests of public models.</summary>
internal sealed class ShippedModels(string applicationFolder)
{
    /// <summary>The model that commands use where none is named.</summary>
    public const string DefaultName = "fastvlm-nano";

    public const string DefaultTitle = "Demonstration model for rendered factory scenes; the default";

    private readonly string _folder = Path.Combine(applicationFolder, "models");

    public string CatalogueFolder => Path.Combine(_folder, "public");

    /// <exception cref="FailureException">The program was installed without it.</exception>
    public string RequireDemoClip() =>
        Path.Combine(_folder, "demo", "demo.mp4") is var clip && File.Exists(clip)
            ? clip
            : throw new FailureException(
                FailureKind.SourceUnreachable, $"The demonstration clip '{clip}' is missing; install the program again, or name a source.");

    /// <summary>Holds the clips that cameras can play.</summary>
    public string DemoFolder => Path.Combine(_folder, "demo");

    /// <summary>Folder of the checkpoint of a built-in model; null where no such model ships.</summary>
    public string? FindCheckpoint(string name) =>
        name == DefaultName && Path.Combine(_folder, DefaultName) is var folder && Directory.Exists(folder) ? folder : null;
}
