using FastVlm.Embedded.Commands;
using FastVlm.Onnx.Store;
using FastVlm.Onnx.Store.Catalogue;
using FastVlm.Pipeline;

namespace FastVlm.Embedded.Models;

/// <summary>
/// Copies a model directory into the home. Where the directory carries a record, both it and the copy must be as
/// recorded; where it carries none, the copy gets one, which holds ever after.
/// </summary>
internal sealed class ModelImport(CommandContext context)
{
    public async Task<ModelDirectory> RunAsync(string folder, string? asName, bool licenceAccepted, CancellationToken cancellationToken)
    {
        var source = ModelDirectory.Open(folder);
        var name = ModelName.Require(asName ?? source.Name);
        var entry = context.ReadCatalogue().Find(name);
        RequireFilesOf(entry, source);
        var terms = TermsOf(source, entry, name);
        LicenceGate.Pass(terms, licenceAccepted, context.Output);

        await source.VerifyAsync(bytesRead: null, cancellationToken);
        using var installation = ModelInstallation.Begin(context.Home, name);
        await DirectoryCopy.CopyAsync(source.FullPath, installation.BuildFolder, bytesCopied: null, cancellationToken);
        await ModelDirectory.Open(installation.BuildFolder).VerifyAsync(bytesRead: null, cancellationToken);
        var now = context.Environment.TimeProvider.GetUtcNow();
        return await installation.CompleteAsync(
            installation.BuildFolder,
            files => new ModelLock
            {
                Name = name,
                Source = source.Lock?.Source ?? source.Manifest?.Source ?? source.FullPath,
                Revision = source.Lock?.Revision,
                Dtype = source.Dtype,
                Licence = terms.Licence,
                LicenceNotice = terms.Notice,
                LicenceAcceptedAt = terms.MustAccept ? now : null,
                InstalledAt = now,
                Files = KeepDeclarations(files, source),
                SourceFiles = source.Lock?.SourceFiles ?? [],
            },
            cancellationToken);
    }

    private static LicenceTerms TermsOf(ModelDirectory source, CatalogueEntry? entry, string name)
    {
        // A folder without a record says least: what the catalogue knows of the name counts then.
        var licence = source.RecordedFiles.Count == 0 && entry is not null ? entry.Licence : source.Licence;
        var text = Path.Combine(source.FullPath, "LICENSE");
        return new LicenceTerms
        {
            Model = name,
            Licence = licence,
            Notice = source.LicenceNotice ?? entry?.LicenceNotice,
            Text = File.Exists(text) ? File.ReadAllText(text) : null,
            MustAccept = ModelLicence.IsRestricted(licence)
                || source.Lock?.LicenceAcceptedAt is not null
                || entry is { MustAcceptLicence: true },
        };
    }

    // Files copied by hand under a public model's name must be all that one of its dtypes needs.
    private static void RequireFilesOf(CatalogueEntry? entry, ModelDirectory source)
    {
        if (entry is not { Kind: CatalogueKind.OnnxGraphs } || source.RecordedFiles.Count > 0)
        {
            return;
        }

        var there = RelativePath.FilesBelow(source.FullPath);
        var missing = entry.Files.FirstOrDefault(pattern => !there.Any(path => FilePattern.Matches(pattern, path)));
        if (missing is not null)
        {
            throw new FailureException(
                FailureKind.ModelInvalid,
                $"'{source.FullPath}' lacks the file '{missing}' of model '{entry.Name}'; copy the whole repository.");
        }
    }

    private static ModelFile[] KeepDeclarations(IReadOnlyList<ModelFile> files, ModelDirectory source)
    {
        var declared = source.RecordedFiles.ToDictionary(file => file.Path, file => file.Declared);
        return [.. files.Select(file => file with { Declared = declared.GetValueOrDefault(file.Path) })];
    }
}
