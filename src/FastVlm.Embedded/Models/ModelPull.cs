using FastVlm.Embedded.Commands;
using FastVlm.Embedded.Output;
using FastVlm.Export;
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

        // (1) What the hub holds now; an archive declares nothing.
        var listing = entry.Kind == CatalogueKind.CheckpointZip ? null : await fetch.ListAsync(entry, display, cancellationToken);

        // (2) Nothing of the model is fetched before its licence is accepted.
        var licenceText = listing is null ? null : await fetch.ReadLicenceAsync(entry, listing, cancellationToken);
        LicenceGate.Pass(
            new LicenceTerms
            {
                Model = entry.Name,
                Licence = entry.Licence,
                Notice = entry.LicenceNotice,
                Text = licenceText,
                MustAccept = entry.MustAcceptLicence,
            },
            licenceAccepted,
            context.Output);

        // (3) The files.
        var target = new FetchTarget(installation.DownloadFolder, display);
        var fetched = listing is null
            ? await fetch.FetchArchiveAsync(entry.Archive!, ArchiveName(entry), target, cancellationToken)
            : await fetch.FetchAsync(entry, dtype, listing, target, cancellationToken);

        // (4) A checkpoint becomes graphs; public graphs are used as they are.
        var isExported = entry.Kind != CatalogueKind.OnnxGraphs;
        if (isExported)
        {
            await ExportAsync(entry, dtype, fetched, installation, cancellationToken);
        }

        // (5) The record, and the place.
        return await installation.CompleteAsync(
            isExported ? installation.BuildFolder : installation.DownloadFolder,
            files => RecordOf(entry, dtype, fetched, files, isExported),
            cancellationToken);
    }

    private static string ArchiveName(CatalogueEntry entry) => Path.GetFileName(entry.Archive!.AbsolutePath);

    private async Task ExportAsync(
        CatalogueEntry entry,
        CatalogueDtype dtype,
        FetchedModel fetched,
        ModelInstallation installation,
        CancellationToken cancellationToken)
    {
        display.Dispose();
        var checkpoint = entry.Kind == CatalogueKind.CheckpointZip
            ? CheckpointArchive.Extract(
                RelativePath.Join(installation.DownloadFolder, ArchiveName(entry)), installation.DownloadFolder, cancellationToken)
            : installation.DownloadFolder;
        var origin = fetched.Revision is null ? fetched.Source : $"{fetched.Source} at {fetched.Revision}";
        await ExportRun.ExportAsync(
            new ExportOptions
            {
                CheckpointDirectory = checkpoint,
                OutputDirectory = installation.BuildFolder,
                Dtype = DtypeNames.Parse(dtype.Dtype),
                Name = entry.Name,
                Licence = entry.Licence,
                LicenceNotice = entry.LicenceNotice,
                Source = $"{origin}, changed: exported to ONNX as {dtype.Dtype} by fastvlm {CommandEnvironment.Version}",
            },
            context,
            cancellationToken);
    }

    // What the hub declared stands beside what the disk holds.
    private ModelLock RecordOf(
        CatalogueEntry entry, CatalogueDtype dtype, FetchedModel fetched, IReadOnlyList<ModelFile> files, bool isExported)
    {
        var declared = fetched.Files.ToDictionary(file => file.Path, file => file.Declared);
        var now = context.Environment.TimeProvider.GetUtcNow();
        return new ModelLock
        {
            Name = entry.Name,
            Source = fetched.Source,
            Revision = fetched.Revision,
            Dtype = dtype.Dtype,
            Licence = entry.Licence,
            LicenceNotice = entry.LicenceNotice,
            LicenceAcceptedAt = entry.MustAcceptLicence ? now : null,
            InstalledAt = now,
            Files = isExported ? files : [.. files.Select(file => file with { Declared = declared.GetValueOrDefault(file.Path) })],
            SourceFiles = isExported ? fetched.Files : [],
        };
    }
}
