using FastVlm.Onnx.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace FastVlm.Onnx.Decoding;

/// <summary>Runs the vision graph: pixels in, one row of features per picture token out.</summary>
internal sealed class VisionEncoder : IDisposable
{
    private readonly GraphSession _graph;
    private readonly OrtIoBinding _binding;
    private readonly PinnedTensor _pixels;
    private readonly bool _takesBatches;
    private readonly string _inputName;
    private readonly string _outputName;

    public VisionEncoder(GraphSession graph, int sidePx)
    {
        _graph = graph;
        _inputName = "pixel_values";
        _outputName = "image_features";
        var input = graph.Input(_inputName);
        var features = graph.Output(_outputName);
        if (input.Dimensions.Length != 4)
        {
            throw graph.Foreign($"its '{_inputName}' has {input.Dimensions.Length} dimensions, not 4 (picture, channel, row, column)");
        }

        if (input.Dimensions[2] > 0 && input.Dimensions[2] != sidePx)
        {
            throw graph.Foreign($"it takes pictures of {input.Dimensions[2]} px; the model's configuration says {sidePx} px");
        }

        _takesBatches = input.Dimensions[0] <= 0;
        FeatureWidth = features.Dimensions[^1];
        SidePx = sidePx;
        _pixels = new PinnedTensor(graph.FloatType(input, _inputName), 1, 3, sidePx, sidePx);
        _binding = graph.Session.CreateIoBinding();
    }

    public int SidePx { get; }

    /// <summary>Width of a feature row; not positive where the graph does not say.</summary>
    public int FeatureWidth { get; }

    /// <summary>Encodes all tiles of a picture.</summary>
    /// <param name="pixels">Tiles × 3 × side × side values.</param>
    /// <param name="tiles">How many.</param>
    /// <param name="run">Terminated to cancel.</param>
    /// <returns>One tensor [1 or tiles, tokens, width] per run; the caller disposes them.</returns>
    public List<OrtValue> Encode(ReadOnlySpan<float> pixels, int tiles, RunOptions run)
    {
        var tilesPerRun = _takesBatches ? tiles : 1;
        var tileLength = 3 * SidePx * SidePx;
        _pixels.Reshape(tilesPerRun, 3, SidePx, SidePx);
        List<OrtValue> features = [];
        try
        {
            for (var tile = 0; tile < tiles; tile += tilesPerRun)
            {
                _pixels.Write(0, pixels.Slice(tile * tileLength, tilesPerRun * tileLength));
                _binding.BindInput(_inputName, _pixels.Value);
                // Anew each time: a binding would offer what the last run allocated, whatever its shape.
                _binding.BindOutputToDevice(_outputName, OrtMemoryInfo.DefaultInstance);
                _graph.Session.RunWithBinding(run, _binding);
                features.AddRange(_binding.GetOutputValues());
            }

            return features;
        }
        catch
        {
            features.ForEach(value => value.Dispose());
            throw;
        }
    }

    public void Dispose()
    {
        _binding.Dispose();
        _pixels.Dispose();
        _graph.Dispose();
    }
}
