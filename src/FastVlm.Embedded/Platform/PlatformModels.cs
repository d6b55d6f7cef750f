using FastVlm.Embedded.Commands;
using FastVlm.Embedded.Models;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Inference;

namespace FastVlm.Embedded.Platform;

/// <summary>The models of this machine as the dashboard shows them; the one that is loaded comes first.</summary>
internal sealed class PlatformModels(CommandContext context, LoadedModel loaded, LookFigures figures) : IModelCatalogue
{
    public IReadOnlyList<ModelCard> List()
    {
        var active = loaded.Description;
        var others = ModelInventory.Read(context).Where(row => row.Name != active.Name).Select(row => new ModelCard
        {
            Name = row.Name,
            Licence = row.Licence,
            IsInstalled = row.State is "builtIn" or "installed",
            SizeBytes = row.SizeBytes ?? 0,
            Dtype = row.Dtype,
        });
        return
        [
            new ModelCard
            {
                Name = active.Name,
                Licence = active.Licence,
                LicenceNotice = loaded.LicenceNotice,
                IsActive = true,
                IsInstalled = true,
                SizeBytes = loaded.SizeBytes,
                Dtype = loaded.Dtype,
                Description = active,
                Figures = figures.Read(),
            },
            .. others,
        ];
    }
}
