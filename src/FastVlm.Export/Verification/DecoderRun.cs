using Microsoft.ML.OnnxRuntime;

namespace FastVlm.Export.Verification;

/// <summary>Embedding and decoder graphs driven the plain way: growing pasts, one sequence, greedy choice.</summary>
internal sealed class DecoderRun : IDisposable
{
    private readonly InferenceSession _embed;
    private readonly InferenceSession _decoder;
    private readonly List<string> _pastNames;
    private readonly List<string> _outputNames;
    private readonly int _hidden;

    private DecoderRun(InferenceSession embed, InferenceSession decoder)
    {
        _embed = embed;
        _decoder = decoder;
        _pastNames = [.. decoder.InputMetadata.Keys.Where(k => k.StartsWith("past_key_values.", StringComparison.Ordinal))];
        _outputNames = ["logits", .. _pastNames.Select(p => p.Replace("past_key_values", "present", StringComparison.Ordinal))];
        _hidden = decoder.InputMetadata["inputs_embeds"].Dimensions[2];
    }

    public static DecoderRun Open(string modelDirectory, ModelDtype dtype)
    {
        var embed = GraphSession.Open(modelDirectory, "embed_tokens", dtype);
        try
        {
            return new DecoderRun(embed, GraphSession.Open(modelDirectory, "decoder_model_merged", dtype));
        }
        catch
        {
            embed.Dispose();
            throw;
        }
    }

    /// <summary>Token embeddings with the image's features between them: [length, hidden].</summary>
    public float[] Embed(long[] before, ShapedValues features, long[] after) => [.. Embed(before), .. features.Values, .. Embed(after)];

    /// <summary>The last position's logits of the prompt in one run.</summary>
    public float[] Prefill(float[] prompt)
    {
        using var step = Step(prompt, 0, EmptyPast());
        return LastRow(step[0]);
    }

    /// <summary>Feeds the prompt position by position, so that a graph of last-position logits shows all of them.</summary>
    public float[] LogitsOfEveryPosition(float[] prompt, CancellationToken cancellationToken)
    {
        var rows = new List<float>();
        var past = EmptyPast();
        for (var position = 0; position < prompt.Length / _hidden; position++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var step = Step(prompt.AsSpan(position * _hidden, _hidden).ToArray(), position, past);
            rows.AddRange(LastRow(step[0]));
            Release(past);
            step[0].Dispose();
            past = [.. step.Skip(1)];
        }

        Release(past);
        return [.. rows];
    }

    public List<long> Greedy(float[] prompt, int count, CancellationToken cancellationToken)
    {
        var tokens = new List<long>();
        var past = EmptyPast();
        var input = prompt;
        var position = 0;
        while (tokens.Count < count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var step = Step(input, position, past);
            position += input.Length / _hidden;
            var logits = LastRow(step[0]);
            tokens.Add(Array.IndexOf(logits, logits.Max()));
            Release(past);
            step[0].Dispose();
            past = [.. step.Skip(1)];
            input = Embed([tokens[^1]]);
        }

        Release(past);
        return tokens;
    }

    public void Dispose()
    {
        _embed.Dispose();
        _decoder.Dispose();
    }

    private float[] Embed(long[] ids)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(ids, [1, ids.Length]);
        using var runOptions = new RunOptions();
        using var outputs = _embed.Run(runOptions, ["input_ids"], [input], ["inputs_embeds"]);
        return outputs[0].ToFloats();
    }

    private IDisposableReadOnlyCollection<OrtValue> Step(float[] embeds, int pastLength, IReadOnlyList<OrtValue> past)
    {
        var length = embeds.Length / _hidden;
        var mask = Enumerable.Repeat(1L, pastLength + length).ToArray();
        var positions = Enumerable.Range(pastLength, length).Select(p => (long)p).ToArray();
        using var embedsValue = OrtValue.CreateTensorValueFromMemory(embeds, [1, length, _hidden]);
        using var maskValue = OrtValue.CreateTensorValueFromMemory(mask, [1, mask.Length]);
        using var positionsValue = OrtValue.CreateTensorValueFromMemory(positions, [1, length]);
        using var runOptions = new RunOptions();
        return _decoder.Run(
            runOptions,
            ["inputs_embeds", "attention_mask", "position_ids", .. _pastNames],
            [embedsValue, maskValue, positionsValue, .. past],
            _outputNames);
    }

    private List<OrtValue> EmptyPast() => [.. _pastNames.Select(name =>
    {
        var metadata = _decoder.InputMetadata[name];
        long[] shape = [1, metadata.Dimensions[1], 0, metadata.Dimensions[3]];
        return OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, metadata.ElementDataType, shape);
    })];

    private static float[] LastRow(OrtValue logits)
    {
        var vocabulary = (int)logits.GetTensorTypeAndShape().Shape[2];
        return logits.ToFloats()[^vocabulary..];
    }

    private static void Release(IEnumerable<OrtValue> values)
    {
        foreach (var value in values)
        {
            value.Dispose();
        }
    }
}
