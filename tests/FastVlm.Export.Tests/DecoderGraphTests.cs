using FastVlm.Export.Verification;
using Microsoft.ML.OnnxRuntime;

namespace FastVlm.Export.Tests;

/// <summary>What callers of the decoder graph rely on, on the golden model.</summary>
public sealed class DecoderGraphTests
{
    private static readonly long[] Before = [1, 2, 3, 4, 5];
    private static readonly long[] After = [6, 7, 8, 9, 10, 11];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ModelDtype.Fp32)]
    [InlineData(ModelDtype.Fp16)]
    [InlineData(ModelDtype.Int4)]
    public void One_buffer_of_fixed_length_serves_as_past_and_present(ModelDtype dtype)
    {
        using var scratch = new ScratchDirectory();
        Export(scratch["model"], dtype);
        using var growing = DecoderRun.Open(scratch["model"], dtype);
        var prompt = growing.Embed(Before, new ShapedValues([], [1, 0, 128]), After);
        var expected = growing.Greedy(prompt, 20, Cancellation);

        using var session = GraphSession.Open(scratch["model"], "decoder_model_merged", dtype);
        var tokens = GreedyInOneBuffer(session, growing, prompt, 20, bufferLength: 64);

        Assert.Equal(expected, tokens);
    }

    [Fact]
    public void The_public_layout_gives_logits_for_every_position_from_graphs_complete_in_themselves()
    {
        using var scratch = new ScratchDirectory();
        var report = Export(scratch["model"], ModelDtype.Fp32, allPositions: true);
        using var expected = new ExpectedTensors(GoldenMini.Expected);
        using var decoder = DecoderRun.Open(scratch["model"], ModelDtype.Fp32);
        var prompt = decoder.Embed(
            expected.Integers("prompt_before_image"),
            expected.Floats("image_features").FirstOfBatch(),
            expected.Integers("prompt_after_image"));

        using var session = GraphSession.Open(scratch["model"], "decoder_model_merged", ModelDtype.Fp32);
        using var outputs = Run(session, prompt, batch: 1);
        var logits = outputs[0];
        var reference = expected.Floats("logits_prefill");

        Assert.False(report.SharedEmbedding);
        Assert.Equal(
            ["onnx/decoder_model_merged.onnx", "onnx/embed_tokens.onnx", "onnx/vision_encoder.onnx"],
            report.Manifest.Files.Select(f => f.Path).Where(p => p.StartsWith("onnx/", StringComparison.Ordinal)));
        Assert.Equal(reference.Shape, logits.GetTensorTypeAndShape().Shape);
        var largest = reference.Values.Max(Math.Abs);
        Assert.InRange(reference.Values.Zip(logits.ToFloats(), (e, a) => Math.Abs(e - a)).Max() / largest, 0, 1e-3);
        Assert.True(ModelVerifier.Verify(scratch["model"], GoldenMini.Expected, ModelDtype.Fp32, Cancellation).Passed);
    }

    [Fact]
    public void Two_sequences_in_a_batch_give_what_each_gives_alone()
    {
        using var scratch = new ScratchDirectory();
        Export(scratch["model"], ModelDtype.Fp32);
        using var decoder = DecoderRun.Open(scratch["model"], ModelDtype.Fp32);
        using var session = GraphSession.Open(scratch["model"], "decoder_model_merged", ModelDtype.Fp32);
        var first = decoder.Embed(Before, new ShapedValues([], [1, 0, 128]), After);
        var second = decoder.Embed(After, new ShapedValues([], [1, 0, 128]), Before);

        using var outputs = Run(session, [.. first, .. second], batch: 2);
        var logits = outputs[0].ToFloats();

        Assert.Equal([2, 1, 512], outputs[0].GetTensorTypeAndShape().Shape);
        AssertClose(decoder.Prefill(first), logits[..512]);
        AssertClose(decoder.Prefill(second), logits[512..]);
    }

    [Fact]
    public void Position_ids_are_a_used_input()
    {
        using var scratch = new ScratchDirectory();
        Export(scratch["model"], ModelDtype.Fp32);
        using var decoder = DecoderRun.Open(scratch["model"], ModelDtype.Fp32);
        using var session = GraphSession.Open(scratch["model"], "decoder_model_merged", ModelDtype.Fp32);
        var prompt = decoder.Embed(Before, new ShapedValues([], [1, 0, 128]), After);

        using var shifted = Run(session, prompt, batch: 1, position: i => i + 100);
        using var spread = Run(session, prompt, batch: 1, position: i => 7 * i);

        // Rotary attention sees differences of positions only: a shift changes nothing, other distances do.
        AssertClose(decoder.Prefill(prompt), shifted[0].ToFloats());
        Assert.True(decoder.Prefill(prompt).Zip(spread[0].ToFloats(), (a, b) => Math.Abs(a - b)).Max() > 0.01f);
    }

    [Fact]
    public void Ids_outside_the_table_embed_as_its_edges_instead_of_failing()
    {
        using var scratch = new ScratchDirectory();
        Export(scratch["model"], ModelDtype.Fp32);
        using var decoder = DecoderRun.Open(scratch["model"], ModelDtype.Fp32);

        var embeds = decoder.Embed([512, -200], new ShapedValues([], [1, 0, 128]), [511, 0]);

        Assert.Equal(embeds[256..], embeds[..256]);
    }

    private static ExportReport Export(string directory, ModelDtype dtype, bool allPositions = false) => CheckpointExporter.Export(
        new ExportOptions
        {
            CheckpointDirectory = GoldenMini.Directory,
            OutputDirectory = directory,
            Dtype = dtype,
            AllPositionLogits = allPositions,
        },
        null, Cancellation);

    private static IDisposableReadOnlyCollection<OrtValue> Run(
        InferenceSession session, float[] embeds, int batch, Func<long, long>? position = null)
    {
        var length = embeds.Length / 128 / batch;
        var past = session.InputNames.Where(n => n.StartsWith("past_", StringComparison.Ordinal)).ToArray();
        using var embedsValue = OrtValue.CreateTensorValueFromMemory(embeds, [batch, length, 128]);
        using var mask = OrtValue.CreateTensorValueFromMemory(Enumerable.Repeat(1L, batch * length).ToArray(), [batch, length]);
        using var positions = OrtValue.CreateTensorValueFromMemory(
            Enumerable.Range(0, batch * length).Select(i => (position ?? (p => p))(i % length)).ToArray(), [batch, length]);
        using var empty = OrtValue.CreateTensorValueFromMemory(Array.Empty<float>(), [batch, 2, 0, 32]);
        using var options = new RunOptions();
        return session.Run(
            options, ["inputs_embeds", "attention_mask", "position_ids", .. past],
            [embedsValue, mask, positions, .. past.Select(_ => empty)], session.OutputNames);
    }

    private static List<long> GreedyInOneBuffer(InferenceSession session, DecoderRun embedder, float[] prompt, int count, int bufferLength)
    {
        using var binding = session.CreateIoBinding();
        using var options = new RunOptions();
        var buffers = new List<OrtValue>();
        foreach (var name in session.InputNames.Where(n => n.StartsWith("past_", StringComparison.Ordinal)))
        {
            var metadata = session.InputMetadata[name];
            var buffer = OrtValue.CreateAllocatedTensorValue(
                OrtAllocator.DefaultInstance, metadata.ElementDataType, [1, metadata.Dimensions[1], bufferLength, metadata.Dimensions[3]]);
            buffers.Add(buffer);
            binding.BindInput(name, buffer);
            binding.BindOutput(name.Replace("past_key_values", "present", StringComparison.Ordinal), buffer);
        }

        binding.BindOutputToDevice("logits", OrtMemoryInfo.DefaultInstance);
        var tokens = new List<long>();
        var input = prompt;
        var past = 0;
        while (tokens.Count < count)
        {
            var length = input.Length / 128;
            using var embeds = OrtValue.CreateTensorValueFromMemory(input, [1, length, 128]);
            using var mask = OrtValue.CreateTensorValueFromMemory(Enumerable.Repeat(1L, past + length).ToArray(), [1, past + length]);
            using var positions = OrtValue.CreateTensorValueFromMemory(
                Enumerable.Range(past, length).Select(p => (long)p).ToArray(), [1, length]);
            binding.BindInput("inputs_embeds", embeds);
            binding.BindInput("attention_mask", mask);
            binding.BindInput("position_ids", positions);
            using var outputs = session.RunWithBoundResults(options, binding);
            past += length;
            var logits = outputs.Single(o => o.GetTensorTypeAndShape().Shape is [1, 1, 512]).ToFloats();
            tokens.Add(Array.IndexOf(logits, logits.Max()));
            input = embedder.Embed([tokens[^1]], new ShapedValues([], [1, 0, 128]), []);
        }

        buffers.ForEach(b => b.Dispose());
        return tokens;
    }

    private static void AssertClose(float[] expected, float[] actual) =>
        Assert.InRange(expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max() / expected.Max(Math.Abs), 0, 1e-4f);
}
