using FastVlm.Onnx.Graphs;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace FastVlm.Onnx.Decoding;

/// <summary>
/// Finds out whether a graph extends its past in place. Graphs do not say so; a trial of four tokens, both ways, does:
/// one that concatenates refuses the buffer or computes something else.
/// </summary>
internal static class SharingTrial
{
    private const int Rows = 3;
    private const int BufferRows = 16;

    // Both ways run the same kernels on the same numbers; fp16 sums may round differently.
    private const float RelativeDifferenceMax = 0.02f;

    public static bool Succeeds(GraphSession graph, DecoderShape shape)
    {
        try
        {
            using var shared = new SharedKeyValueCache(shape, OrtAllocator.DefaultInstance, BufferRows);
            using var growing = new GrowingKeyValueCache(shape);
            var inPlace = Score(graph, shape, shared);
            var copied = Score(graph, shape, growing);
            var largest = copied.Max(Math.Abs);
            return inPlace.Zip(copied, (a, b) => Math.Abs(a - b)).All(difference => difference <= largest * RelativeDifferenceMax);
        }
        catch (OnnxRuntimeException)
        {
            // The graph refuses a present of the past's length: it concatenates.
            return false;
        }
    }

    private static float[] Score(GraphSession graph, DecoderShape shape, KeyValueCache cache)
    {
        Feed(graph, shape, cache, 0, Rows);
        return Feed(graph, shape, cache, Rows, 1);
    }

    private static float[] Feed(GraphSession graph, DecoderShape shape, KeyValueCache cache, int past, int rows)
    {
        using var run = new RunOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        using var embeds = new PinnedTensor(shape.EmbeddingType, 1, rows, shape.Width);
        using var positions = new PinnedTensor(TensorElementType.Int64, 1, rows);
        using var mask = new PinnedTensor(TensorElementType.Int64, 1, past + rows);
        using var limit = shape.OneLogitsRow();
        mask.Integers.Fill(1);
        var row = new float[shape.Width];
        for (var i = 0; i < rows; i++)
        {
            positions.Integers[i] = past + i;
            // Any rows will do as long as they differ.
            for (var j = 0; j < row.Length; j++) row[j] = MathF.Sin((past + i + 1) * (j + 1)) * 0.1f;
            embeds.Write(i * shape.Width, row);
        }

        using var binding = graph.Session.CreateIoBinding();
        binding.BindOutputToDevice("logits", OrtMemoryInfo.DefaultInstance);
        binding.BindInput("inputs_embeds", embeds.Value);
        binding.BindInput("attention_mask", mask.Value);
        if (shape.TakesPositions) binding.BindInput("position_ids", positions.Value);
        if (limit is not null) binding.BindInput("num_logits_to_keep", limit.Value);
        cache.Bind(binding);
        graph.Session.RunWithBinding(run, binding);
        var outputs = binding.GetOutputValues();
        var scores = new float[shape.Vocabulary];
        FloatValues.CopyTo(outputs[0], (int)outputs[0].GetTensorTypeAndShape().ElementCount - shape.Vocabulary, scores);
        outputs[0].Dispose();
        if (cache.IsFedByOutputs) cache.Absorb(outputs.Skip(1));
        else foreach (var present in outputs.Skip(1)) present.Dispose();
        return scores;
    }
}
