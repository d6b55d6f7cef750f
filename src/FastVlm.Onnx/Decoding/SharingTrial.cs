using FastVlm.Onnx.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace FastVlm.Onnx.Decoding;

/// <summary>
/// Finds out whether a graph extends its past in place. Graphs do not say so; a trial of four tokens, both ways, does:
/// one that concatenates refuses the buffer or computes something else.
/// </summary>
internal static class SharingTrial
{
    private const int Rows = 3;
    private const int BufferRows = 16;

    public static bool Succeeds(GraphSession graph, DecoderShape shape)
    {
        try
        {
            using var shared = new SharedKeyValueCache(shape, OrtAllocator.DefaultInstance, BufferRows);
            using var growing = new GrowingKeyValueCache(shape);
            return TrialRun.Agree(Score(graph, shape, shared), Score(graph, shape, growing));
        }
        catch (OnnxRuntimeException)
        {
            // The graph refuses a present of the past's length: it concatenates.
            return false;
        }
    }

    private static float[] Score(GraphSession graph, DecoderShape shape, KeyValueCache cache)
    {
        var trial = new TrialRun(graph, shape, cache);
        trial.Append(Rows);
        return trial.Append(1);
    }
}
