using FastVlm.Onnx.Decoding;
using FastVlm.Onnx.Devices;
using FastVlm.Onnx.Graphs;
using FastVlm.Onnx.Images;
using FastVlm.Onnx.Prompts;
using FastVlm.Onnx.Store;
using FastVlm.Onnx.Tokens;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Captions;

namespace FastVlm.Onnx;

/// <summary>Everything a model directory holds, loaded, and checked to belong together.</summary>
internal sealed class ModelParts : IDisposable
{
    private ModelParts(VisionEncoder encoder, TokenEmbedder embedder, Decoder decoder)
    {
        Encoder = encoder;
        Embedder = embedder;
        Decoder = decoder;
    }

    public required ModelDescription Description { get; init; }

    public required Tokenizer Tokenizer { get; init; }

    public required ImagePreprocessor Preprocessor { get; init; }

    /// <summary>Tokens that end an answer.</summary>
    public required HashSet<int> StopIds { get; init; }

    public VisionEncoder Encoder { get; }

    public TokenEmbedder Embedder { get; }

    public Decoder Decoder { get; }

    /// <exception cref="FailureException">A part is missing, damaged, or of another model.</exception>
    public static ModelParts Load(ModelDirectory model, ModelOptions options)
    {
        var directory = model.FullPath;
        var (config, settings) = ReadConfiguration(model);
        if (options.Dtype is { } dtype) GraphFiles.RequireDtype(directory, dtype);
        var wished = options.Dtype ?? model.Dtype;
        string[] files = [.. new[] { GraphFiles.VisionEncoder, GraphFiles.TokenEmbedding, GraphFiles.Decoder }
            .Select(graph => GraphFiles.Find(directory, graph, wished))];
        var tokenizer = Tokenizer.Load(directory);

        using var opened = new OpenedParts();
        var encoder = opened.Keep(new VisionEncoder(opened.Keep(GraphSession.Open(files[0], options)), settings.SidePx));
        var graph = opened.Keep(GraphSession.Open(files[2], options));
        var decoder = opened.Keep(new Decoder(graph, ContextLength(config, options), options.Device, options.SharesCacheBuffers));
        // Gathering a row is no work for a device or a second thread.
        var embedding = opened.Keep(GraphSession.Open(files[1], options with { Device = ComputeDevice.Cpu, Threads = 1 }));
        var embedder = opened.Keep(new TokenEmbedder(embedding, decoder.Shape.Width, decoder.Shape.Vocabulary));
        RequireWidth(encoder, decoder, files[0]);
        RequireOwnTokenizer(directory, tokenizer, decoder, config, options.Template);
        opened.Release();
        return new ModelParts(encoder, embedder, decoder)
        {
            Tokenizer = tokenizer,
            Preprocessor = new ImagePreprocessor(settings, options.Aspect ?? settings.Aspect),
            StopIds = StopIdsOf(config, tokenizer),
            Description = new ModelDescription
            {
                Name = model.Name,
                Licence = model.Licence,
                InputSizePx = settings.SidePx,
                Device = options.Device.ToString(),
                ContextLength = decoder.ContextLength,
                Fingerprint = ModelFingerprint.Of(model, files),
            },
        };
    }

    public void Dispose()
    {
        Encoder.Dispose();
        Embedder.Dispose();
        Decoder.Dispose();
    }

    // A number where text should be, and the like: JSON of the right syntax and the wrong kind.
    private static (ModelConfig Config, PreprocessorSettings Settings) ReadConfiguration(ModelDirectory model)
    {
        try
        {
            var config = ModelConfig.Read(model.FullPath);
            return (config, PreprocessorSettings.Read(model.Name, config.Root, config.Processor));
        }
        catch (Exception broken) when (broken is InvalidOperationException or FormatException or OverflowException)
        {
            throw new FailureException(
                FailureKind.ModelInvalid,
                $"config.json, generation_config.json or preprocessor_config.json in '{model.FullPath}' holds a value of "
                    + $"the wrong kind ({broken.Message.TrimEnd('.')}); export, pull or copy the model again.",
                broken);
        }
    }

    private static int ContextLength(ModelConfig config, ModelOptions options) =>
        config.PositionsMax > 0 ? Math.Min(config.PositionsMax, options.ContextLengthMax) : options.ContextLengthMax;

    private static HashSet<int> StopIdsOf(ModelConfig config, Tokenizer tokenizer)
    {
        HashSet<int> ids = [.. config.StopIds];
        foreach (var token in (string[])["<|im_end|>", "<|endoftext|>"])
        {
            if (tokenizer.IdOf(token) is { } id) ids.Add(id);
        }

        return ids;
    }

    private static void RequireWidth(VisionEncoder encoder, Decoder decoder, string encoderFile)
    {
        if (encoder.FeatureWidth <= 0 || encoder.FeatureWidth == decoder.Shape.Width) return;
        throw new FailureException(
            FailureKind.ModelInvalid,
            $"The graph '{encoderFile}' gives rows of {encoder.FeatureWidth}, the decoder takes rows of "
                + $"{decoder.Shape.Width}: they are of different models.");
    }

    private static void RequireOwnTokenizer(
        string directory, Tokenizer tokenizer, Decoder decoder, ModelConfig config, ChatTemplate template)
    {
        // The picture's placeholder is never embedded, and in public files lies one past the last row.
        var image = tokenizer.IdOf(ChatTemplate.ImageMarker);
        var size = image == tokenizer.VocabularySize - 1 ? tokenizer.VocabularySize - 1 : tokenizer.VocabularySize;
        if (size > decoder.Shape.Vocabulary)
        {
            throw OtherModels(directory, $"it has {size} tokens, the decoder knows {decoder.Shape.Vocabulary}");
        }

        foreach (var id in config.StopIds.Where(id => id >= tokenizer.VocabularySize))
        {
            throw OtherModels(directory, $"it has {tokenizer.VocabularySize} tokens, but config.json names {id} as the "
                + "token that ends an answer");
        }

        foreach (var token in template.ControlTokens.Where(token => tokenizer.IdOf(token) is null))
        {
            throw OtherModels(directory, $"it lacks the token '{token}' that the conversation template '{template.Name}' needs");
        }
    }

    private static FailureException OtherModels(string directory, string why) => new(
        FailureKind.TokenizerInvalid, $"The tokenizer in '{directory}' is of another model: {why}; copy it again from the model.");
}
