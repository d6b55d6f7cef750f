using FastVlm.Embedded.Commands;
using FastVlm.Export;
using FastVlm.Onnx.Store;

namespace FastVlm.Embedded.Models;

/// <summary>Exports a checkpoint folder into the home, with the record of what it was made from.</summary>
internal sealed class CheckpointImport(CommandContext context)
{
    public async Task<ModelDirectory> RunAsync(
        ModelReference.Checkpoint checkpoint, string? asName, string? dtype, bool licenceAccepted, CancellationToken cancellationToken)
    {
        var name = ModelName.Require(asName ?? checkpoint.Name);
        var entry = context.ReadCatalogue().Find(name);
        var declared = CheckpointLicence.Of(checkpoint.Path);
        var licence = declared == ModelLicence.Unknown && entry is not null ? entry.Licence : declared;
        var mustAccept = ModelLicence.IsRestricted(licence) || entry is { MustAcceptLicence: true };
        LicenceGate.Pass(
            new LicenceTerms { Model = name, Licence = licence, Notice = entry?.LicenceNotice, MustAccept = mustAccept },
            licenceAccepted,
            context.Output);

        var sources = new List<ModelFile>();
        foreach (var path in Directory.EnumerateFiles(checkpoint.Path).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal))
        {
            var digest = await FileDigest.ComputeAsync(Path.Combine(checkpoint.Path, path), bytesRead: null, cancellationToken);
            sources.Add(digest.ToModelFile(path));
        }

        using var installation = ModelInstallation.Begin(context.Home, name);
        var precision = DtypeNames.Parse(dtype);
        await ExportRun.ExportAsync(
            new ExportOptions
            {
                CheckpointDirectory = checkpoint.Path,
                OutputDirectory = installation.BuildFolder,
                Dtype = precision,
                Name = name,
                Licence = licence,
                LicenceNotice = entry?.LicenceNotice,
                Source = $"{checkpoint.Path}, changed: exported to ONNX as {precision.Name()} by fastvlm {CommandEnvironment.Version}",
            },
            context,
            cancellationToken);
        var now = context.Environment.TimeProvider.GetUtcNow();
        return await installation.CompleteAsync(
            installation.BuildFolder,
            files => new ModelLock
            {
                Name = name,
                Source = checkpoint.Path,
                Dtype = precision.Name(),
                Licence = licence,
                LicenceNotice = entry?.LicenceNotice,
                LicenceAcceptedAt = mustAccept ? now : null,
                InstalledAt = now,
                Files = files,
                SourceFiles = sources,
            },
            cancellationToken);
    }
}
