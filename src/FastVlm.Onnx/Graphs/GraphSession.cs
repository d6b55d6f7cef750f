using FastVlm.Onnx.Devices;
using FastVlm.Pipeline;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace FastVlm.Onnx.Graphs;

/// <summary>One loaded graph, and what it says about its own inputs and outputs.</summary>
internal sealed class GraphSession : IDisposable
{
    private GraphSession(string path, InferenceSession session)
    {
        Path = path;
        Session = session;
    }

    public string Path { get; }

    public string Name => System.IO.Path.GetFileName(Path);

    public InferenceSession Session { get; }

    /// <exception cref="FailureException">The file is damaged, or the device cannot be used.</exception>
    public static GraphSession Open(string path, ModelOptions options)
    {
        using var settings = new SessionOptions();
        settings.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR;
        settings.IntraOpNumThreads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        settings.InterOpNumThreads = 1;
        // Idle workers that spin take the cores from ffmpeg and from the next graph: on two busy cores a caption of the
        // demonstration model cost 24 to 28 ms of CPU with spinning and 11 to 12 ms without, at no loss of speed.
        settings.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        // Prompt lengths differ from call to call; a plan per length would be kept for ever.
        settings.EnableMemoryPattern = false;
        ExecutionProvider.Append(settings, options.Device);
        try
        {
            return new GraphSession(path, new InferenceSession(path, settings));
        }
        catch (OnnxRuntimeException refused)
        {
            throw new FailureException(
                FailureKind.ModelInvalid,
                $"The graph '{path}' cannot be loaded ({refused.Message.ReplaceLineEndings(" ").Trim()}); export, "
                    + "pull or copy the model again.",
                refused);
        }
    }

    public bool HasInput(string name) => Session.InputMetadata.ContainsKey(name);

    public NodeMetadata Input(string name) => Session.InputMetadata.GetValueOrDefault(name) ?? throw Lacks("input", name);

    public NodeMetadata Output(string name) => Session.OutputMetadata.GetValueOrDefault(name) ?? throw Lacks("output", name);

    /// <summary>The float type of an edge.</summary>
    /// <exception cref="FailureException">It is neither 32- nor 16-bit float.</exception>
    public TensorElementType FloatType(NodeMetadata edge, string name) => edge.ElementDataType switch
    {
        TensorElementType.Float or TensorElementType.Float16 => edge.ElementDataType,
        var other => throw Foreign($"its '{name}' has the type {other}, not float or float16"),
    };

    public FailureException Foreign(string why) => new(
        FailureKind.ModelInvalid, $"The graph '{Path}' is not of a FastVLM model: {why}.");

    public void Dispose() => Session.Dispose();

    private FailureException Lacks(string kind, string name) => Foreign($"it has no {kind} '{name}'");
}
