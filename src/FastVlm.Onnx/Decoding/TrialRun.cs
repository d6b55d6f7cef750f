using FastVlm.Onnx.Graphs;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace FastVlm.Onnx.Decoding;

/// <summary>Runs a decoder graph on a few made-up rows, to find out by its scores what it can do.</summary>
internal sealed class TrialRun(GraphSession graph, DecoderShape shape, KeyValueCache cache)
{
    // Two ways to one result run the same kernels on the same numbers; fp16 sums may round differently.
    private const float RelativeDifferenceMax = 0.02f;

    public int Length { get; private set; }

    public void Rewind(int length)
    {
        cache.Keep(length);
        Length = length;
    }

    /// <summary>Appends rows and gives the scores of what follows the last.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="phase">Rows at one place differ where this differs.</param>
    public float[] Append(int rows, float phase = 0)
    {
        using var run = new RunOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        using var embeds = new PinnedTensor(shape.EmbeddingType, 1, rows, shape.Width);
        using var positions = new PinnedTensor(TensorElementType.Int64, 1, rows);
        using var mask = new PinnedTensor(TensorElementType.Int64, 1, Length + rows);
        using var limit = shape.OneLogitsRow();
        mask.Integers.Fill(1);
        var row = new float[shape.Width];
        for (var i = 0; i < rows; i++)
        {
            positions.Integers[i] = Length + i;
            // Any rows will do as long as they differ.
            for (var j = 0; j < row.Length; j++) row[j] = MathF.Sin((Length + i + 1) * (j + 1) + phase) * 0.1f;
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
        Length += rows;
        var outputs = binding.GetOutputValues();
        var scores = new float[shape.Vocabulary];
        FloatValues.CopyTo(outputs[0], (int)outputs[0].GetTensorTypeAndShape().ElementCount - shape.Vocabulary, scores);
        outputs[0].Dispose();
        if (cache.IsFedByOutputs) cache.Absorb(outputs.Skip(1));
        else foreach (var present in outputs.Skip(1)) present.Dispose();
        return scores;
    }

    public static bool Agree(float[] tried, float[] expected)
    {
        var largest = expected.Max(Math.Abs);
        return tried.Zip(expected, (a, b) => Math.Abs(a - b)).All(difference => difference <= largest * RelativeDifferenceMax);
    }
}
