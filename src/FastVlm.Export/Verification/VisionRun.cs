using FastVlm.Export.Graphs;
using FastVlm.Export.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace FastVlm.Export.Verification;

/// <summary>The vision graph with its landmarks (stem, network.0, …, conv_exp) as additional outputs.</summary>
internal sealed class VisionRun : IDisposable
{
    private readonly InferenceSession _session;

    private VisionRun(InferenceSession session) => _session = session;

    public static VisionRun Open(string modelDirectory, ModelDtype dtype)
    {
        using var plain = GraphSession.Open(modelDirectory, "vision_encoder", dtype);
        var landmarks = plain.ModelMetadata.CustomMetadataMap.GetValueOrDefault(VisionGraph.LandmarksKey, "");
        var graph = new ProtobufMessage();
        foreach (var pair in landmarks.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=')))
        {
            graph.Message(12, OnnxFileWriter.Port(new GraphPort(pair[0], Enum.Parse<OnnxType>(pair[1]), null)));
        }

        var model = new ProtobufMessage();
        model.Message(7, graph);
        return new VisionRun(GraphSession.Open(modelDirectory, "vision_encoder", dtype, model.ToArray()));
    }

    /// <summary>Runs the batch of pictures; only outputs that are asked for are fetched.</summary>
    public IEnumerable<(string Name, ShapedValues Actual)> Run(
        ShapedValues pixels, IReadOnlyCollection<string> wanted, CancellationToken cancellationToken)
    {
        var names = _session.OutputNames.Where(wanted.Contains).ToList();
        cancellationToken.ThrowIfCancellationRequested();
        using var input = OrtValue.CreateTensorValueFromMemory(pixels.Values, pixels.Shape);
        using var runOptions = new RunOptions();
        using var outputs = _session.Run(runOptions, ["pixel_values"], [input], names);
        return [.. names.Select((name, i) => (name, new ShapedValues(outputs[i].ToFloats(), outputs[i].GetTensorTypeAndShape().Shape)))];
    }

    public void Dispose() => _session.Dispose();
}
