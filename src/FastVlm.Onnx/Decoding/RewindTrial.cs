using FastVlm.Onnx.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace FastVlm.Onnx.Decoding;

/// <summary>
/// Finds out whether several rows that follow a past are scored as they are within one whole text, also after another
/// text has been forgotten. Graphs do not say so: some mask such rows wrongly, some refuse them.
/// </summary>
internal static class RewindTrial
{
    private const int CommonRows = 4, ForgottenRows = 6, Rows = 3;
    private const int BufferRows = 16;
    private const float OtherPhase = 1;

    public static bool Succeeds(GraphSession graph, DecoderShape shape, bool sharesBuffers)
    {
        try
        {
            using var cache = NewCache(shape, sharesBuffers);
            using var fresh = NewCache(shape, sharesBuffers);
            var rewound = new TrialRun(graph, shape, cache);
            rewound.Append(CommonRows);
            for (var i = 0; i < ForgottenRows; i++) rewound.Append(1, OtherPhase);
            rewound.Rewind(CommonRows);
            return TrialRun.Agree(rewound.Append(Rows), new TrialRun(graph, shape, fresh).Append(CommonRows + Rows));
        }
        catch (OnnxRuntimeException)
        {
            // The graph takes single rows only once there is a past.
            return false;
        }
    }

    private static KeyValueCache NewCache(DecoderShape shape, bool sharesBuffers) => sharesBuffers
        ? new SharedKeyValueCache(shape, OrtAllocator.DefaultInstance, BufferRows)
        : new GrowingKeyValueCache(shape);
}
