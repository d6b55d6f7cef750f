using FastVlm.Export.Tests.Reference;
using FastVlm.Export.Verification;
using FastVlm.Pipeline;

namespace FastVlm.Export.Tests;

/// <summary>A verification must be able to fail.</summary>
public sealed class ModelVerifierTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("network.4", 5)]
    [InlineData("image_features", 5)]
    [InlineData("logits_prefill", 16383)]
    public void A_single_wrong_value_does_not_pass(string tensor, int element)
    {
        using var scratch = Exported();
        Tamper(scratch, tensor, (data, begin) => BitConverter.TryWriteBytes(data.AsSpan(begin + (4 * element)), 99f));

        var report = ModelVerifier.Verify(scratch["model"], scratch["expected.safetensors"], ModelDtype.Fp32, Cancellation);

        Assert.False(report.Passed);
        Assert.Contains(report.Tensors, t => t.Name == tensor && !t.Passed);
    }

    [Fact]
    public void One_other_token_does_not_pass()
    {
        using var scratch = Exported();
        Tamper(scratch, "greedy_tokens", (data, begin) => data[begin + (8 * 23)] ^= 1);

        var report = ModelVerifier.Verify(scratch["model"], scratch["expected.safetensors"], ModelDtype.Fp32, Cancellation);

        Assert.False(report.Passed);
        Assert.Equal(23, report.MatchedTokens);
    }

    [Fact]
    public void A_not_a_number_does_not_pass()
    {
        var limits = ErrorLimits.Of(ModelDtype.Int4);

        Assert.False(new TensorError("x", double.NaN, double.NaN, double.NaN, limits).Passed);
        Assert.True(new TensorError("x", 0, 0, 0, limits).Passed);
    }

    [Fact]
    public void A_stage_that_the_model_does_not_have_does_not_pass()
    {
        using var scratch = Exported();
        var (header, data) = TestCheckpoint.ReadRaw(GoldenMini.Expected);
        header["network.12"] = header["network.10"]!.DeepClone();
        header.Remove("network.10");
        TestCheckpoint.WriteRaw(scratch["expected.safetensors"], header.ToJsonString(), data);

        var report = ModelVerifier.Verify(scratch["model"], scratch["expected.safetensors"], ModelDtype.Fp32, Cancellation);

        Assert.False(report.Passed);
        Assert.Equal(["network.12"], report.Unchecked);
    }

    [Fact]
    public void A_missing_or_damaged_graph_is_an_error_with_its_path()
    {
        using var scratch = Exported();
        var graph = Path.Combine(scratch["model"], "onnx", "decoder_model_merged.onnx");
        File.WriteAllBytes(graph, File.ReadAllBytes(graph)[..50_000]);

        var damaged = Assert.Throws<FailureException>(() => ModelVerifier.Verify(
            scratch["model"], GoldenMini.Expected, ModelDtype.Fp32, Cancellation));
        File.Delete(graph);
        var missing = Assert.Throws<FailureException>(() => ModelVerifier.Verify(
            scratch["model"], GoldenMini.Expected, ModelDtype.Fp32, Cancellation));

        Assert.Equal((FailureKind.ModelInvalid, FailureKind.ModelInvalid), (damaged.Kind, missing.Kind));
        Assert.Contains(graph, damaged.Message, StringComparison.Ordinal);
        Assert.Contains(graph, missing.Message, StringComparison.Ordinal);
    }

    private static ScratchDirectory Exported()
    {
        var scratch = new ScratchDirectory();
        CheckpointExporter.Export(
            new ExportOptions { CheckpointDirectory = GoldenMini.Directory, OutputDirectory = scratch["model"] }, null, Cancellation);
        return scratch;
    }

    private static void Tamper(ScratchDirectory scratch, string tensor, Action<byte[], int> change)
    {
        var (header, data) = TestCheckpoint.ReadRaw(GoldenMini.Expected);
        change(data, (int)header[tensor]!["data_offsets"]![0]!);
        TestCheckpoint.WriteRaw(scratch["expected.safetensors"], header.ToJsonString(), data);
    }
}
