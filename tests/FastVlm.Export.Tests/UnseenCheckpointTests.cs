using FastVlm.Export.Tests.Reference;
using FastVlm.Export.Verification;

namespace FastVlm.Export.Tests;

/// <summary>Exports of shapes that exist nowhere else, against a naive evaluation of the same tensors.</summary>
public sealed class UnseenCheckpointTests(ITestOutputHelper output)
{
    private const int Height = 96;
    private const int Width = 160;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_encoder_of_an_unseen_shape_agrees_with_a_naive_evaluation_fused_or_in_branches(bool fused)
    {
        using var scratch = new ScratchDirectory();
        var checkpoint = TestCheckpoints.Unseen(fused);
        checkpoint.Write(scratch["checkpoint"], shards: 3, "F32", "BF16");
        var report = Export(scratch, ModelDtype.Fp32);
        var pixels = new Planes(3, Height, Width);
        var random = new Random(3);
        for (var i = 0; i < pixels.Values.Length; i++)
        {
            pixels.Values[i] = (float)random.NextDouble();
        }

        var (landmarks, features) = new ReferenceEncoder(checkpoint).Run(pixels);
        using var vision = VisionRun.Open(scratch["model"], ModelDtype.Fp32);
        var actual = vision.Run(
            new ShapedValues([.. pixels.Values.Select(v => (float)v)], [1, 3, Height, Width]),
            [.. landmarks.Keys, "image_features"], TestContext.Current.CancellationToken).ToDictionary(v => v.Name, v => v.Actual);

        Assert.Equal(["model.vision_tower.vision_tower.model.head.proj.weight"], report.IgnoredTensors);
        Assert.Equal(landmarks.Count + 1, actual.Count);
        foreach (var (name, planes) in landmarks)
        {
            Assert.Equal([1, planes.Channels, planes.Height, planes.Width], actual[name].Shape);
            AssertClose(name, planes.Values, actual[name].Values);
        }

        Assert.Equal([1, 15, TestCheckpoints.Hidden], actual["image_features"].Shape);
        AssertClose("image_features", features, actual["image_features"].Values);
    }

    [Fact]
    public void The_decoder_of_an_unseen_shape_agrees_with_a_naive_evaluation()
    {
        using var scratch = new ScratchDirectory();
        var checkpoint = TestCheckpoints.Unseen(fused: true);
        checkpoint.Write(scratch["checkpoint"], shards: 2, "BF16", "F32");
        var report = Export(scratch, ModelDtype.Fp32);
        var ids = new long[] { 3, 141, 59, 26, 5, 35, 309, 0, 97, 93, 238 };
        var table = checkpoint.Tensors["model.embed_tokens.weight"].Values;
        var embeds = ids.SelectMany(id => table.AsSpan((int)id * TestCheckpoints.Hidden, TestCheckpoints.Hidden).ToArray()).ToArray();

        var expected = new ReferenceDecoder(checkpoint, TestCheckpoints.Heads, TestCheckpoints.RopeTheta, TestCheckpoints.NormEpsilon)
            .Logits([.. embeds.Select(e => (double)e)]);
        using var decoder = DecoderRun.Open(scratch["model"], ModelDtype.Fp32);
        var prompt = decoder.Embed(ids, new ShapedValues([], [1, 0, TestCheckpoints.Hidden]), []);

        Assert.False(report.SharedEmbedding);
        Assert.Equal(new ModelSizes(2, 144, 6, 2, 32, 310, 192), report.Sizes);
        Assert.Equal(embeds, prompt);
        AssertClose("logits", expected, decoder.LogitsOfEveryPosition(prompt, TestContext.Current.CancellationToken));
        AssertClose("logits of the whole prompt", expected[^TestCheckpoints.Vocabulary..], decoder.Prefill(prompt));
    }

    [Theory]
    [InlineData(ModelDtype.Fp16, 0.01)]
    [InlineData(ModelDtype.Int8, 0.15)]
    [InlineData(ModelDtype.Int4, 0.9)]
    public void An_unseen_shape_runs_in_every_format_tied_or_not(ModelDtype dtype, double limit)
    {
        foreach (var tied in new[] { true, false })
        {
            using var scratch = new ScratchDirectory();
            TestCheckpoints.Unseen(fused: true, tied).Write(scratch["checkpoint"]);
            var report = Export(scratch, dtype);
            CheckpointExporter.Export(
                new ExportOptions { CheckpointDirectory = scratch["checkpoint"], OutputDirectory = scratch["reference"] },
                null, TestContext.Current.CancellationToken);
            var pixels = new ShapedValues([.. Enumerable.Range(0, 3 * Height * Width).Select(i => i % 97 / 97f)], [1, 3, Height, Width]);
            var ids = new long[] { 3, 141, 59, 26, 5, 35, 309, 0, 97, 93, 238 };

            var (expectedFeatures, expectedLogits) = Run(scratch["reference"], ModelDtype.Fp32, pixels, ids);
            var (features, logits) = Run(scratch["model"], dtype, pixels, ids);

            Assert.Equal(tied, report.SharedEmbedding);
            output.WriteLine(
                $"{dtype.Name()} tied {tied}: features {RelativeRms(expectedFeatures, features):g3}, "
                + $"logits {RelativeRms(expectedLogits, logits):g3} relative RMS");
            Assert.InRange(RelativeRms(expectedFeatures, features), 1e-6, limit);
            Assert.InRange(RelativeRms(expectedLogits, logits), 1e-6, limit);
        }
    }

    [Fact]
    public void Batch_norms_that_are_folded_already_need_not_be_there()
    {
        using var scratch = new ScratchDirectory();
        var checkpoint = TestCheckpoints.Unseen(fused: true);
        checkpoint.Write(scratch["checkpoint"]);
        Export(scratch, ModelDtype.Fp32);
        foreach (var bn in checkpoint.Tensors.Keys
            .Where(k => k.EndsWith(".bn.weight", StringComparison.Ordinal))
            .Select(k => k[..^".weight".Length])
            .ToArray())
        {
            FoldByHand(checkpoint.Tensors, bn, bn[..^"bn".Length] + "conv");
        }

        checkpoint.Write(scratch["folded"]);
        CheckpointExporter.Export(
            new ExportOptions { CheckpointDirectory = scratch["folded"], OutputDirectory = scratch["second"] },
            null,
            TestContext.Current.CancellationToken);
        var pixels = new ShapedValues([.. Enumerable.Range(0, 3 * Height * Width).Select(i => i % 97 / 97f)], [1, 3, Height, Width]);

        Assert.DoesNotContain(checkpoint.Tensors.Keys, k => k.Contains(".bn.", StringComparison.Ordinal));
        AssertClose(
            "image_features",
            Run(scratch["model"], ModelDtype.Fp32, pixels, [1, 2, 3, 4, 5, 6]).Features,
            [.. Run(scratch["second"], ModelDtype.Fp32, pixels, [1, 2, 3, 4, 5, 6]).Features.Select(f => (float)f)]);
    }

    private static void FoldByHand(Dictionary<string, TestTensor> tensors, string bn, string conv)
    {
        var weight = tensors[$"{conv}.weight"];
        var channels = (int)weight.Shape[0];
        var scale = Enumerable.Range(0, channels)
            .Select(c => tensors[$"{bn}.weight"].Values[c] / Math.Sqrt(tensors[$"{bn}.running_var"].Values[c] + 1e-5)).ToArray();
        var bias = Enumerable.Range(0, channels)
            .Select(c => (float)(tensors[$"{bn}.bias"].Values[c] - (tensors[$"{bn}.running_mean"].Values[c] * scale[c]))).ToArray();
        tensors[$"{conv}.weight"] = weight with
        {
            Values = [.. weight.Values.Select((v, i) => (float)(v * scale[i / (weight.Values.Length / channels)]))],
        };
        tensors[$"{conv}.bias"] = new TestTensor([channels], bias);
        foreach (var part in new[] { "weight", "bias", "running_mean", "running_var" })
        {
            tensors.Remove($"{bn}.{part}");
        }
    }

    private static (double[] Features, double[] Logits) Run(string model, ModelDtype dtype, ShapedValues pixels, long[] ids)
    {
        using var vision = VisionRun.Open(model, dtype);
        using var decoder = DecoderRun.Open(model, dtype);
        var features = vision.Run(pixels, ["image_features"], TestContext.Current.CancellationToken).Single().Actual;
        var prompt = decoder.Embed(ids[..5], features, ids[5..]);
        return (
            [.. features.Values.Select(v => (double)v)],
            [
                .. decoder.LogitsOfEveryPosition(prompt, TestContext.Current.CancellationToken)
                    .Select(v => (double)v),
            ]);
    }

    private static ExportReport Export(ScratchDirectory scratch, ModelDtype dtype) => CheckpointExporter.Export(
        new ExportOptions { CheckpointDirectory = scratch["checkpoint"], OutputDirectory = scratch["model"], Dtype = dtype },
        null, TestContext.Current.CancellationToken);

    private static double RelativeRms(double[] expected, double[] actual) =>
        Math.Sqrt(expected.Zip(actual, (e, a) => (e - a) * (e - a)).Sum() / expected.Sum(e => e * e));

    private void AssertClose(string name, double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var largest = expected.Max(Math.Abs);
        var difference = expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();
        output.WriteLine($"{name}: {difference / largest:g3} relative");
        Assert.InRange(difference / largest, 0, 1e-4);
    }
}
