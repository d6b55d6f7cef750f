using FastVlm.Pipeline;

namespace FastVlm.Onnx.Store.Catalogue;

/// <summary>The models that can be pulled by name. A site's own entry replaces a shipped one of the same name.</summary>
public sealed class ModelCatalogue
{
    private readonly SortedDictionary<string, CatalogueEntry> _entries = new(StringComparer.Ordinal);

    private ModelCatalogue()
    {
    }

    public IReadOnlyCollection<CatalogueEntry> Entries => _entries.Values;

    /// <summary>Reads all manifests of the folders, in order; folders that do not exist are empty.</summary>
    /// <exception cref="FailureException">A manifest is damaged or does not hang together.</exception>
    public static ModelCatalogue Read(params IEnumerable<string> folders)
    {
        var catalogue = new ModelCatalogue();
        foreach (var file in folders.Where(Directory.Exists).SelectMany(ManifestsIn))
        {
            var entry = StoreJson.TryRead<CatalogueEntry>(file)!;
            if (WrongIn(entry) is { } wrong)
            {
                throw new FailureException(FailureKind.ModelInvalid, $"The model manifest '{file}' {wrong}.");
            }

            catalogue._entries[entry.Name] = entry;
        }

        return catalogue;
    }

    public CatalogueEntry? Find(string name) => _entries.GetValueOrDefault(name);

    private static IEnumerable<string> ManifestsIn(string folder) =>
        Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal);

    private static string? WrongIn(CatalogueEntry entry) => entry switch
    {
        _ when !ModelName.IsValid(entry.Name) => $"names the model '{entry.Name}', which is not a model name",
        { Kind: CatalogueKind.CheckpointZip, Archive: null } => "is of kind checkpointZip and names no archive",
        { Kind: not CatalogueKind.CheckpointZip, Repository: null } => "names no repository",
        { MustAcceptLicence: true, LicenceNotice: null } => "asks to accept a licence and has no licenceNotice to show",
        _ when entry.Dtypes.All(choice => choice.Dtype != entry.DefaultDtype) =>
            $"has the default dtype '{entry.DefaultDtype}', which it does not list",
        _ => null,
    };
}
