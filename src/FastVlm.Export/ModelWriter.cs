using System.Globalization;
using FastVlm.Export.Checkpoints;
using FastVlm.Export.Graphs;
using FastVlm.Export.Onnx;

namespace FastVlm.Export;

/// <summary>Writes one model directory from a source of weights: shared matrix, three graphs, companions, manifest.</summary>
internal sealed class ModelWriter(ExportOptions options, IWeightSource source, ModelConfig config, string root)
{
    private readonly WeightBook _weights = new(source);
    private readonly string _suffix = options.Dtype.FileSuffix();

    public ExportReport Write(IProgress<ExportProgress>? progress, CancellationToken cancellationToken)
    {
        var shape = DecoderShape.Of(_weights, config);
        var embedding = _weights.Matrix("decoder.embed_tokens.weight");
        RequireHidden(embedding, shape.Hidden);
        var (head, tied) = Head(embedding, cancellationToken);
        var share = tied && !options.AllPositionLogits;
        var sharedFile = $"onnx/embedding{_suffix}.onnx_data";
        var sharedParts = share ? SharedParts(embedding) : [];
        var shared = share ? Places(sharedParts, sharedFile) : null;

        var headPlan = new HeadPlan(tied ? embedding : head, options.AllPositionLogits) { Shared = shared };
        var graphs = new (string File, OnnxGraph Graph)[]
        {
            ($"onnx/vision_encoder{_suffix}.onnx", VisionGraph.Build(_weights, options.Dtype)),
            (
                $"onnx/embed_tokens{_suffix}.onnx",
                new HeadPlan(embedding, options.AllPositionLogits) { Shared = shared }.EmbeddingGraph(options.Dtype)),
            ($"onnx/decoder_model_merged{_suffix}.onnx", DecoderGraph.Build(_weights, config, options.Dtype, headPlan)),
        };
        var ignored = Ignored();

        var companions = new ModelCompanions(options.CheckpointDirectory);
        var total = graphs.Sum(g => g.Graph.Initializers.Where(i => i.Shared is null).Sum(i => i.ByteCount))
            + sharedParts.Sum(p => p.ByteCount)
            + companions.ByteCount;
        var written = 0L;
        var files = new ModelFiles(
            root,
            (file, tensor, bytes) => progress?.Report(new ExportProgress(file, tensor, written += bytes, Math.Max(total, written))),
            cancellationToken);

        WriteShared(sharedParts, sharedFile, files);
        foreach (var (file, graph) in graphs)
        {
            OnnxFileWriter.Write(graph, file, files, options.ExternalDataThreshold);
        }

        companions.Write(
            files,
            config.ImageSize,
            int.Parse(graphs[0].Graph.Metadata[VisionGraph.PixelsPerTokenKey], CultureInfo.InvariantCulture));
        var manifest = WriteManifest(files);
        var sizes = new ModelSizes(
            shape.Layers,
            shape.Hidden,
            shape.Heads,
            shape.KeyValueHeads,
            shape.HeadDim,
            embedding.Rows,
            config.ImageSize);
        return new ExportReport(options.OutputDirectory, manifest, ignored, share, sizes);
    }

    /// <summary>Projector, embedding and decoder must speak of the same features.</summary>
    private void RequireHidden(WeightMatrix embedding, int hidden)
    {
        var projector = _weights.Matrix("projector.2.weight");
        if (embedding.Columns != hidden || projector.Rows != hidden)
        {
            throw _weights.Invalid(
                $"has a decoder of {hidden} features, '{embedding.Label}' of {embedding.Columns} "
                + $"and '{projector.Label}' of {projector.Rows}: its parts do not belong together");
        }
    }

    /// <summary>The head's matrix, and whether it is the embedding: the matrices decide, not the configuration's flag.</summary>
    private (WeightMatrix Head, bool Tied) Head(WeightMatrix embedding, CancellationToken cancellationToken)
    {
        if (!_weights.Has("lm_head.weight"))
        {
            return (embedding, true);
        }

        var head = _weights.Matrix("lm_head.weight");
        if (head.Columns != embedding.Columns)
        {
            throw _weights.Invalid($"has an output head over {head.Columns} features and an embedding of {embedding.Columns}");
        }

        return (head, head.Rows == embedding.Rows && SameValues(head, embedding, cancellationToken));
    }

    private static bool SameValues(WeightMatrix a, WeightMatrix b, CancellationToken cancellationToken)
    {
        const int RowsAtOnce = 512;
        var left = new float[RowsAtOnce * a.Columns];
        var right = new float[RowsAtOnce * a.Columns];
        for (var first = 0; first < a.Rows; first += RowsAtOnce)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(RowsAtOnce, a.Rows - first) * a.Columns;
            a.ReadRows(first, left.AsSpan(0, count));
            b.ReadRows(first, right.AsSpan(0, count));
            if (!left.AsSpan(0, count).SequenceEqual(right.AsSpan(0, count)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The matrix that embedding and head share, as a throw-away graph's initializers.</summary>
    private List<Initializer> SharedParts(WeightMatrix embedding)
    {
        var builder = new GraphBuilder("shared", options.Dtype);
        if (options.Dtype.PackedBits() is { } bits)
        {
            builder.Packed("embedding", embedding, bits);
        }
        else
        {
            var type = builder.ProductType;
            builder.Graph.Initializers.Add(new Initializer(
                "embedding", type, [embedding.Rows, embedding.Columns], sink => sink.Rows(embedding, type))
            { Source = embedding.Label });
        }

        return builder.Graph.Initializers;
    }

    private static ExternalPacked Places(List<Initializer> parts, string file)
    {
        var places = OnnxFileWriter.PlanAligned(parts, file);
        return new ExternalPacked(places[0], places[^1]);
    }

    private static void WriteShared(List<Initializer> parts, string path, ModelFiles files)
    {
        if (parts.Count == 0)
        {
            return;
        }

        using var file = files.Create(path);
        parts.ForEach(part => OnnxFileWriter.WriteAligned(part, path, file));
    }

    /// <summary>Refuses a checkpoint with parts of the network that no graph took; names what merely lies beside it.</summary>
    private IReadOnlyList<string> Ignored()
    {
        var foreign = _weights.Untaken(n => n.StartsWith("vision.", StringComparison.Ordinal)
            || n.StartsWith("projector.", StringComparison.Ordinal) || n.StartsWith("decoder.", StringComparison.Ordinal));
        return foreign.Count == 0
            ? [.. source.Unplaced.Concat(_weights.Untaken(_ => true)).Order(StringComparer.Ordinal)]
            : throw _weights.Invalid(
                $"has the tensor '{foreign[0]}' (and {foreign.Count - 1} more), "
                + "which the FastVLM architecture has no place for: it is of another architecture");
    }

    private ModelManifest WriteManifest(ModelFiles files)
    {
        var manifest = new ModelManifest
        {
            Name = options.Name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.OutputDirectory))),
            Licence = options.Licence,
            LicenceNotice = options.LicenceNotice,
            Dtype = options.Dtype.Name(),
            Source = options.Source,
            Files = [.. files.Written.OrderBy(f => f.Path, StringComparer.Ordinal)],
        };
        using var file = files.Create("model.json");
        file.Sink.Bytes(manifest.ToJson());
        return manifest;
    }
}
