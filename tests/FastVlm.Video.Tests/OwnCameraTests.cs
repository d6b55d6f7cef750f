namespace FastVlm.Video.Tests;

/// <summary>
/// Try any camera or server by hand:
/// <c>FASTVLM_TEST_SOURCE=rtsp://… dotnet run --project tests/FastVlm.Video.Tests -- -explicit only -class '*OwnCameraTests'</c>
/// </summary>
public sealed class OwnCameraTests
{
    private const string SourceVariable = "FASTVLM_TEST_SOURCE";

    [Fact(Explicit = true)]
    public async Task Reads_the_source_of_the_environment()
    {
        var source = Environment.GetEnvironmentVariable(SourceVariable);
        Assert.SkipWhen(source is null, $"{SourceVariable} is not set.");
        var start = TimeProvider.System.GetUtcNow();

        var frames = await FrameReading.Open(source!).TakeAsync(20);

        Assert.Equal(20, frames.Count);
        TestContext.Current.SendDiagnosticMessage(
            "{0}×{1} px, first frame after {2:0.00} s, then {3:0.0} frames/s",
            frames[0].Image.WidthPx,
            frames[0].Image.HeightPx,
            (frames[0].CapturedAt - start).TotalSeconds,
            19 / (frames[^1].CapturedAt - frames[0].CapturedAt).TotalSeconds);
    }
}
