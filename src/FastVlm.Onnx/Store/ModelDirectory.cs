using FastVlm.Pipeline;

namespace FastVlm.Onnx.Store;

/// <summary>
/// A folder that holds a model: three graphs under <c>onnx/</c>, tokenizer and configuration, and, where it was made by
/// the exporter or fetched by <c>models pull</c>, the record of what each file must be. Knows nothing of what the graphs compute.
/// </summary>
public sealed class ModelDirectory
{
    public const string GraphFolder = "onnx";

    private static readonly string[] Graphs = ["vision_encoder", "embed_tokens", "decoder_model_merged"];

    private ModelDirectory(string fullPath, ModelManifest? manifest, ModelLock? pinned)
    {
        FullPath = fullPath;
        Manifest = manifest;
        Lock = pinned;
        RecordedFiles = pinned?.Files ?? manifest?.Files ?? [];
    }

    public string FullPath { get; }

    public ModelManifest? Manifest { get; }

    public ModelLock? Lock { get; }

    public string Name => Lock?.Name ?? Manifest?.Name ?? ModelName.FromFolder(FullPath);

    /// <summary>From the lock, the manifest, or a LICENSE file that is known; else says that nothing is known.</summary>
    public string Licence => Lock?.Licence ?? Manifest?.Licence ?? ModelLicence.FromFolder(FullPath);

    public string? LicenceNotice => Lock?.LicenceNotice ?? Manifest?.LicenceNotice;

    public string? Dtype => Lock?.Dtype ?? Manifest?.Dtype;

    /// <summary>What each file must be; empty where the directory carries no record.</summary>
    public IReadOnlyList<ModelFile> RecordedFiles { get; }

    public long SizeBytes => RelativePath.FilesBelow(FullPath).Sum(path => new FileInfo(RelativePath.Join(FullPath, path)).Length);

    /// <summary>Opens a model directory.</summary>
    /// <exception cref="FailureException">It is absent, lacks a graph, or its manifest is damaged.</exception>
    public static ModelDirectory Open(string path)
    {
        if (!Directory.Exists(path))
        {
            throw new FailureException(FailureKind.ModelInvalid, $"There is no model directory '{path}'.");
        }

        var directory = new ModelDirectory(Path.GetFullPath(path), ModelManifest.TryRead(path), ModelLock.TryRead(path));
        foreach (var graph in Graphs)
        {
            directory.RequireGraph(graph);
        }

        return directory;
    }

    /// <summary>True where the folder looks like a model directory rather than a checkpoint.</summary>
    public static bool Exists(string path) =>
        Directory.Exists(Path.Combine(path, GraphFolder)) || File.Exists(Path.Combine(path, ModelManifest.FileName));

    /// <summary>Reads every recorded file again and compares size and SHA-256.</summary>
    /// <returns>How many bytes were compared; 0 where the directory carries no record.</returns>
    /// <exception cref="FailureException">A file is missing, differs, or is a graph that no record names.</exception>
    public async Task<long> VerifyAsync(IProgress<long>? bytesRead, CancellationToken cancellationToken)
    {
        if (RecordedFiles.Count == 0)
        {
            return 0;
        }

        RequireSizes();
        RequireNoStrangeGraphs();
        long total = 0;
        foreach (var recorded in RecordedFiles)
        {
            var actual = await FileDigest.ComputeAsync(RelativePath.Join(FullPath, recorded.Path), bytesRead, cancellationToken);
            if (!string.Equals(actual.Sha256, recorded.Sha256, StringComparison.OrdinalIgnoreCase))
            {
                throw Mismatch(recorded.Path, $"its SHA-256 is {actual.Sha256}, recorded is {recorded.Sha256}");
            }

            total += actual.SizeBytes;
        }

        return total;
    }

    private void RequireGraph(string graph)
    {
        var folder = Path.Combine(FullPath, GraphFolder);
        if (!Directory.Exists(folder) || !Directory.EnumerateFiles(folder, graph + "*.onnx").Any())
        {
            throw new FailureException(
                FailureKind.ModelInvalid,
                $"Model directory '{FullPath}' lacks the graph {GraphFolder}/{graph}.onnx (with any dtype suffix); export, "
                + "pull or copy the model again.");
        }
    }

    // Sizes first: they cost nothing and a truncated file is the commonest damage.
    private void RequireSizes()
    {
        foreach (var recorded in RecordedFiles)
        {
            var file = new FileInfo(RelativePath.Join(FullPath, recorded.Path));
            if (!file.Exists)
            {
                throw new FailureException(
                    FailureKind.ModelInvalid,
                    $"Model '{Name}' lacks the file '{recorded.Path}' in '{FullPath}'; export, pull or copy the model again.");
            }

            if (file.Length != recorded.SizeBytes)
            {
                throw Mismatch(recorded.Path, $"it has {file.Length} bytes, recorded are {recorded.SizeBytes}");
            }
        }
    }

    // The engine chooses among the graphs it finds: one that no record names would be computed unchecked.
    private void RequireNoStrangeGraphs()
    {
        var known = RecordedFiles.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var path in RelativePath.FilesBelow(Path.Combine(FullPath, GraphFolder)).Select(file => $"{GraphFolder}/{file}"))
        {
            if (!known.Contains(path))
            {
                throw Mismatch(path, "no record of the model names it");
            }
        }
    }

    private FailureException Mismatch(string path, string what) =>
        new(FailureKind.HashMismatch,
            $"File '{path}' of model '{Name}' in '{FullPath}' is not the recorded one: {what}; remove the model and pull, "
            + "import or export it again.");
}
