using FastVlm.Export.Verification;

namespace FastVlm.Export.Tests;

public sealed class GoldenExportTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(ModelDtype.Fp32)]
    [InlineData(ModelDtype.Fp16)]
    [InlineData(ModelDtype.Int8)]
    [InlineData(ModelDtype.Int4)]
    public void The_golden_checkpoint_exports_and_verifies(ModelDtype dtype)
    {
        using var scratch = new ScratchDirectory();

        CheckpointExporter.Export(
            new ExportOptions { CheckpointDirectory = GoldenMini.Directory, OutputDirectory = scratch["model"], Dtype = dtype },
            progress: null, TestContext.Current.CancellationToken);
        var report = ModelVerifier.Verify(scratch["model"], GoldenMini.Expected, dtype, TestContext.Current.CancellationToken);

        foreach (var tensor in report.Tensors)
        {
            output.WriteLine(
                $"{dtype.Name()} {tensor.Name}: {tensor.MaxAbsolute:g3} absolute, "
                + $"{tensor.Relative:g3} relative, {tensor.RelativeRms:g3} relative RMS");
        }

        output.WriteLine($"{dtype.Name()} greedy: {report.MatchedTokens} of {report.ExpectedTokens.Count} tokens");
        Assert.True(report.Passed);
        Assert.Empty(report.Unchecked);
        Assert.Equal(10, report.Tensors.Count);
    }
}
