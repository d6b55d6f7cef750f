using FastVlm.Embedded.Commands;
using FastVlm.Embedded.Output;
using FastVlm.Onnx.Store;
using FastVlm.Onnx.Store.Catalogue;
using FastVlm.Onnx.Store.Hub;

namespace FastVlm.Embedded.Models;

/// <summary>
/// Brings one catalogue entry into the home: (1) list, (2) licence, (3) fetch, (4) export a checkpoint, (5) record and
/// move into place. What is interrupted before (5) resumes with the next run.
/// </summary>
internal sealed class ModelPull(CommandContext context, ModelFetch fetch, TransferDisplay display)
{
    public async Task<ModelDirectory> RunAsync(
        CatalogueEntry entry, CatalogueDtype dtype, bool licenceAccepted, CancellationToken cancellationToken)
    {
        using var installation = ModelInstallation.Begin(context.Home, entry.Name);

        // (1) What the hub holds now.
        var listing = await fetch.ListAsync(entry, display, cancellationToken);

        // (2) Nothing of the model is fetched before its licence is accepted.
        LicenceGate.Pass(
            new LicenceTerms
            {
                Model = entry.Name,
                Licence = entry.Licence,
                Notice = entry.LicenceNotice,
                Text = await fetch.ReadLicenceAsync(entry, listing, cancellationToken),
                MustAccept = entry.MustAcceptLicence,
            },
            licenceAccepted,
            context.Output);

        // (3) The files.
        var fetched = await fetch.FetchAsync(
            entry, dtype, listing, new FetchTarget(installation.DownloadFolder, display), cancellationToken);

        // (5) The record, with what the hub declared beside what the disk holds.
        var declared = fetched.Files.ToDictionary(file => file.Path, file => file.Declared);
        var now = context.Environment.TimeProvider.GetUtcNow();
        return await installation.CompleteAsync(
            installation.DownloadFolder,
            files => new ModelLock
            {
                Name = entry.Name,
                Source = fetched.Source,
                Revision = fetched.Revision,
                Dtype = dtype.Dtype,
                Licence = entry.Licence,
                LicenceNotice = entry.LicenceNotice,
                LicenceAcceptedAt = entry.MustAcceptLicence ? now : null,
                InstalledAt = now,
                Files = [.. files.Select(file => file with { Declared = declared.GetValueOrDefault(file.Path) })],
            },
            cancellationToken);
    }
}
