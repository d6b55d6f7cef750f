namespace FastVlm.Onnx.Store;

/// <summary>
/// Where models live on this machine: <c>FASTVLM_HOME</c>, else the user's data folder
/// (<c>$XDG_DATA_HOME/fastvlm</c>, <c>~/.local/share/fastvlm</c>). Creates nothing by itself.
/// </summary>
public sealed class ModelHome(string root)
{
    public const string Variable = "FASTVLM_HOME";

    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>Pulled and imported models, one folder each.</summary>
    public string ModelsFolder => Path.Combine(Root, "models");

    /// <summary>What can be made again at any time: exported checkpoints. May be deleted while nothing runs.</summary>
    public string CacheFolder => Path.Combine(Root, "cache");

    /// <summary>Manifests of a site's own models, besides the shipped ones.</summary>
    public string CatalogueFolder => Path.Combine(Root, "catalogue");

    /// <summary>The home that the environment names.</summary>
    public static ModelHome FromEnvironment(Func<string, string?> variable)
    {
        var named = variable(Variable);
        return new ModelHome(
            !string.IsNullOrWhiteSpace(named)
                ? named
                : Path.Combine(
                    Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
                    "fastvlm"));
    }

    public string ModelFolder(string name) => Path.Combine(ModelsFolder, ModelName.Require(name));

    /// <summary>Where a model is put together; kept between attempts so that a download resumes.</summary>
    public string StagingFolder(string name) => Path.Combine(Root, "staging", ModelName.Require(name));

    /// <summary>The file whose exclusive lock keeps two processes from making one model at once.</summary>
    public string LockFile(string name) => Path.Combine(Root, "locks", ModelName.Require(name) + ".lock");

    public bool IsInstalled(string name) => ModelName.IsValid(name) && Directory.Exists(ModelFolder(name));

    /// <summary>Names of pulled and imported models, in order.</summary>
    public IReadOnlyList<string> InstalledNames() =>
        Directory.Exists(ModelsFolder)
            ? [.. Directory.GetDirectories(ModelsFolder).Select(folder => Path.GetFileName(folder)).Where(ModelName.IsValid).Order()]
            : [];
}
