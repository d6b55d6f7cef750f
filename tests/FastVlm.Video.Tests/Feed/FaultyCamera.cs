using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Captions;
using FastVlm.TestKit;
using FastVlm.TestKit.Rtsp;

namespace FastVlm.Video.Tests.Feed;

/// <summary>What is done to a camera or to its reader.</summary>
internal enum Fault
{
    ServerKilled,
    ServerRestarted,
    ServerFrozen,
    ReaderKilled,
    ReaderFrozen,
}

/// <summary>What came of a fault.</summary>
internal sealed record FaultOutcome(Fault Fault, TimeSpan Noticed, TimeSpan Resumed);

/// <summary>One camera with a real server, a real ffmpeg and the whole pipeline, which a test breaks again and again.</summary>
internal sealed class FaultyCamera : IAsyncDisposable
{
    private readonly RtspTestServer server;
    private readonly int sidePx;
    private readonly Collector<CameraStatus> statuses = new("statuses");
    private readonly CollectingSink captions = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;

    /// <param name="server">Its camera; ours from now on.</param>
    /// <param name="sidePx">A frame size of its own, by which its ffmpeg is found.</param>
    /// <param name="captioner">The model's worker.</param>
    public FaultyCamera(RtspTestServer server, int sidePx, ICaptioner captioner)
    {
        this.server = server;
        this.sidePx = sidePx;
        var logger = new CollectingLogger();
        var source = FrameReading.Open(server.Url, new() { FrameSidePxMax = sidePx, FramePeriod = TimeSpan.FromSeconds(0.2) }, logger);

        // Real time limits. Only the growth of the waits between tries is cut, or 200 faults would take hours.
        var feed = new CameraFeed(
            FrameReading.Camera,
            source,
            new CameraFeedOptions { IsLive = true, OnStatus = statuses.Add, RetryMax = Limits.FeedRetryFirst },
            TimeProvider.System,
            logger);
        var options = new FramePipelineOptions
        {
            Generation = new GenerationRequest { Prompt = "Describe." },
            SamplePeriod = TimeSpan.FromSeconds(0.4),
        };
        running = new FramePipeline(feed, captioner, captions, options, TimeProvider.System).RunAsync(stop.Token);
    }

    private string Marker => string.Create(CultureInfo.InvariantCulture, $"min({sidePx}/");

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await server.DisposeAsync();
        stop.Dispose();
    }

    public Task BecomeLiveAsync() => CaptionAfterAsync(DateTimeOffset.MinValue);

    /// <summary>Does the fault, waits until it is noticed, takes it back and waits for the next caption.</summary>
    public async Task<FaultOutcome> SufferAsync(Fault fault)
    {
        var seen = statuses.Items.Count;
        var begin = TimeProvider.System.GetUtcNow();
        await BreakAsync(fault);
        var noticed = await statuses.WaitForAsync(s => s.State != CameraState.Live, $"{fault} noticed", seen);
        var mended = TimeProvider.System.GetUtcNow();
        await MendAsync(fault);
        var resumed = await CaptionAfterAsync(noticed.Since);
        return new FaultOutcome(fault, noticed.Since - begin, resumed - mended);
    }

    /// <summary>The processes that read this camera now.</summary>
    public IReadOnlyCollection<int> Readers() => [.. ChildProcesses.WithCommandLine(Marker).Keys];

    private async Task BreakAsync(Fault fault)
    {
        switch (fault)
        {
            case Fault.ServerKilled:
                await server.StopAsync();
                break;
            case Fault.ServerRestarted:
                await server.StopAsync();
                await RestartAsync();
                break;
            case Fault.ServerFrozen:
                server.Freeze();
                break;
            case Fault.ReaderKilled:
                await SignalAsync("KILL");
                break;
            default:
                await SignalAsync("STOP");
                break;
        }
    }

    private async Task MendAsync(Fault fault)
    {
        if (fault == Fault.ServerKilled)
        {
            await RestartAsync();
        }
        else if (fault == Fault.ServerFrozen)
        {
            server.Unfreeze();
        }
    }

    /// <summary>A client that asks for the port while nobody listens may be given that very port as its own for a moment.</summary>
    private Task RestartAsync() => TestTimeouts.UntilAsync(
        () =>
        {
            try
            {
                server.Restart();
                return true;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                return false;
            }
        },
        "the server's port free again");

    private async Task SignalAsync(string signal)
    {
        var reader = Assert.Single(Readers());
        using var kill = Process.Start("sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {reader}")]);
        await kill.WaitForExitAsync(stop.Token);
    }

    private async Task<DateTimeOffset> CaptionAfterAsync(DateTimeOffset instant)
    {
        await captions.Outcomes.WaitForAsync(o => o is Caption && o.Frame.CapturedAt > instant, "a caption of a new frame");
        return TimeProvider.System.GetUtcNow();
    }
}
