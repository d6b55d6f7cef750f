using System.Globalization;
using FastVlm.Pipeline.Inference;
using FastVlm.TestKit;
using FastVlm.TestKit.Rtsp;

namespace FastVlm.Video.Tests.Feed;

/// <summary>
/// The promise about broken cameras: 200 random kills, freezes and restarts of RTSP servers and of ffmpeg itself, each noticed
/// within 5 s, captions resume, nothing is left behind. Runs alone: it measures time.
/// </summary>
[Collection(nameof(LeakTests))]
public sealed class FeedFaultTests(ITestOutputHelper output)
{
    private const int CameraCount = 20;
    private const int FaultsPerCamera = 10;
    private const int FirstSidePx = 401;

    private static readonly TimeSpan NoticedWithin = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Two_hundred_faults_are_noticed_within_five_seconds_and_captions_resume()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Sends signals to the processes that it finds in /proc.");
        var clip = await TestFfmpeg.AnnexBAsync("h264", "64x64", framesPerSecond: 5);
        using var model = new FakeModel();
        using var worker = new InferenceWorker(model, TimeProvider.System, new CollectingLogger());
        using var stop = new CancellationTokenSource();
        var working = worker.RunAsync(stop.Token);

        var cameras = await Task.WhenAll(Enumerable.Range(0, CameraCount).Select(i => SufferAsync(clip, i, worker)));
        var outcomes = cameras.SelectMany(camera => camera).ToList();

        await stop.CancelAsync();
        await working.Within("the end of the worker");
        output.WriteLine(Table(outcomes));
        Assert.Equal(CameraCount * FaultsPerCamera, outcomes.Count);
        Assert.All(outcomes, outcome => Assert.InRange(outcome.Noticed, TimeSpan.Zero, NoticedWithin));
        Assert.Empty(ChildProcesses.WithCommandLine("ffmpeg"));
    }

    private static async Task<List<FaultOutcome>> SufferAsync(string clip, int number, InferenceWorker worker)
    {
        var random = new Random(number);
        var server = RtspTestServer.Start(new() { VideoPath = clip, FramesPerSecond = 5 });
        await using var camera = new FaultyCamera(server, FirstSidePx + number, worker);
        await camera.BecomeLiveAsync();
        var outcomes = new List<FaultOutcome>();
        for (var i = 0; i < FaultsPerCamera; i++)
        {
            // At any moment of a picture's or a key frame's period.
            await Task.Delay(TimeSpan.FromSeconds(random.NextDouble()), TimeProvider.System);
            outcomes.Add(await camera.SufferAsync((Fault)random.Next(Enum.GetValues<Fault>().Length)));
            Assert.Single(camera.Readers());
        }

        return outcomes;
    }

    private static string Table(List<FaultOutcome> outcomes)
    {
        var rows = outcomes.GroupBy(o => o.Fault).OrderBy(g => g.Key).Select(g => string.Create(
            CultureInfo.InvariantCulture,
            $"{g.Key,-16}{g.Count(),6}{Median(g, o => o.Noticed),16:0.00}{g.Max(o => o.Noticed.TotalSeconds),9:0.00}"
            + $"{Median(g, o => o.Resumed),17:0.00}{g.Max(o => o.Resumed.TotalSeconds),9:0.00}"));
        return string.Join('\n', rows.Prepend("fault            count  noticed median  max s  resumed median  max s"));
    }

    private static double Median(IEnumerable<FaultOutcome> outcomes, Func<FaultOutcome, TimeSpan> value) =>
        outcomes.Select(o => value(o).TotalSeconds).Order().ToList() is var ordered ? ordered[ordered.Count / 2] : 0;
}
