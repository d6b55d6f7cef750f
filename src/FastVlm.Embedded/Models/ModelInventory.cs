using FastVlm.Embedded.Commands;
using FastVlm.Onnx.Store;
using FastVlm.Onnx.Store.Catalogue;

namespace FastVlm.Embedded.Models;

/// <summary>Every model that is here or can be pulled.</summary>
internal static class ModelInventory
{
    /// <summary>Built-in ones first, then installed, then those that could be fetched.</summary>
    public static IReadOnlyList<ModelRow> Read(CommandContext context)
    {
        var catalogue = context.ReadCatalogue();
        var rows = new List<ModelRow>();
        if (context.Shipped.FindCheckpoint(ShippedModels.DefaultName) is { } checkpoint)
        {
            var licence = CheckpointLicence.Of(checkpoint);
            rows.Add(new ModelRow(ShippedModels.DefaultName, "builtIn", ShippedModels.DefaultTitle, licence) { Path = checkpoint });
        }

        rows.AddRange(context.Home.InstalledNames().Select(name => Installed(context.Home.ModelFolder(name), catalogue.Find(name))));
        rows.AddRange(catalogue.Entries.Where(entry => !context.Home.IsInstalled(entry.Name))
            .Select(entry => new ModelRow(entry.Name, "available", entry.Title, entry.Licence)
            {
                Choices = entry.Dtypes,
                DefaultDtype = entry.DefaultDtype,
                IsExported = entry.Kind != CatalogueKind.OnnxGraphs,
            }));
        return rows;
    }

    // A damaged directory is listed as such: the list is where one looks for what is wrong.
    private static ModelRow Installed(string folder, CatalogueEntry? entry)
    {
        var name = Path.GetFileName(folder);
        try
        {
            var model = ModelDirectory.Open(folder);
            return new ModelRow(name, "installed", entry?.Title ?? model.Lock?.Source ?? "", model.Licence)
            {
                Dtype = model.Dtype,
                SizeBytes = model.SizeBytes,
                Path = folder,
            };
        }
        catch (Pipeline.FailureException damaged)
        {
            return new ModelRow(name, "damaged", damaged.Message, entry?.Licence ?? ModelLicence.Unknown) { Path = folder };
        }
    }
}

/// <summary>A model as lists show it.</summary>
internal sealed record ModelRow(string Name, string State, string Title, string Licence)
{
    public string? Dtype { get; init; }

    public string? DefaultDtype { get; init; }

    public bool IsExported { get; init; }

    public long? SizeBytes { get; init; }

    public string? Path { get; init; }

    public IReadOnlyList<CatalogueDtype> Choices { get; init; } = [];

    public string Precision => Dtype ?? string.Join(' ', Choices.Select(choice => choice.Dtype));

    public object ToEvent() => new
    {
        Type = "model",
        Name,
        State,
        Title,
        Licence,
        Dtype,
        SizeBytes,
        Path,
        DefaultDtype,
        Dtypes = Choices.Count == 0 ? null : Choices,
    };
}
