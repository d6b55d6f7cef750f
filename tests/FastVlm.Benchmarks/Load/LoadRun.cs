using FastVlm.Benchmarks.Measuring;
using FastVlm.TestKit;
using FastVlm.TestKit.Rtsp;

namespace FastVlm.Benchmarks.Load;

/// <summary>
/// One load run from the outside: starts the platform in this process as `fastvlm up` does, configures it over its API,
/// looks on as browsers do, and reads this process's meters at the beginning and the end.
/// </summary>
internal sealed class LoadRun(LoadPlan plan, TextWriter progress)
{
    private static readonly TimeSpan SamplePeriod = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly LoadObserver _observer = new();
    private readonly HubClient _observing = new(text: false);
    private readonly List<HubClient> _watchers = [.. Enumerable.Range(0, plan.Watchers).Select(_ => new HubClient(text: true))];

    public static async Task<string> RunAsync(LoadPlan plan, TextWriter progress, CancellationToken cancellationToken) =>
        LoadReport.Write(await new LoadRun(plan, progress).RunAsync(cancellationToken));

    private async Task<LoadFigures> RunAsync(CancellationToken cancellationToken)
    {
        using var folder = new TempDirectory();
        var data = plan.DataDirectory ?? folder.File("data");
        await using var receiver = new WebhookReceiver();
        var servers = await StartRtspAsync();
        try
        {
            await using var platform = await LoadPlatform.StartAsync(plan, data, new BenchLogger(progress), _time, cancellationToken);
            var empty = ProcessMeter.Read();
            using var client = new PlatformClient(platform.Addresses[0]);
            await client.ConfigureAsync(plan, [.. servers.Select(server => new Uri(server.Url))], receiver.Address, cancellationToken);

            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            List<Task> watching =
            [
                _observing.RunAsync(platform.Addresses[0], _observer.Take, stop.Token),
                .. _watchers.Select(watcher => watcher.RunAsync(platform.Addresses[0], onEvents: null, stop.Token)),
            ];
            var measuring = MeasureAsync(client, empty, data, stop.Token);
            await await Task.WhenAny([measuring, platform.RunAsync(stop.Token), .. watching]);
            await stop.CancelAsync();
            foreach (var watcher in watching) await watcher.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return await measuring;
        }
        finally
        {
            foreach (var server in servers) await server.DisposeAsync();
        }
    }

    private async Task<LoadFigures> MeasureAsync(
        PlatformClient client, ProcessMeter empty, string data, CancellationToken cancellationToken)
    {
        progress.WriteLine($"Warming up for {plan.WarmUp.TotalSeconds:0} s …");
        await Task.Delay(plan.WarmUp, _time, cancellationToken);
        var framesBefore = await client.ReadCountsAsync(cancellationToken);
        var watchedBefore = Watched();
        var busyBefore = Machine.BusyProcessor();
        var begin = ProcessMeter.Read();
        _observer.Measure(true);

        progress.WriteLine($"Measuring for {plan.Duration.TotalSeconds:0} s …");
        List<ProcessMeter> samples = [begin];
        using var timer = new PeriodicTimer(SamplePeriod, _time);
        while (System.Diagnostics.Stopwatch.GetElapsedTime(begin.Timestamp) < plan.Duration)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
            samples.Add(ProcessMeter.Read());
        }

        _observer.Measure(false);
        var end = samples[^1];
        var watched = Watched();
        return new LoadFigures
        {
            Plan = plan,
            Empty = empty,
            Begin = begin,
            End = end,
            Samples = samples,
            Frames = (await client.ReadCountsAsync(cancellationToken)).Since(framesBefore),
            Observer = _observer,
            LostConnections = _observing.Losses + _watchers.Sum(watcher => watcher.Losses),
            Watched = (watched.Bytes - watchedBefore.Bytes, watched.Messages - watchedBefore.Messages),
            OtherProcessor = Machine.BusyProcessor() - busyBefore
                - (end.OwnProcessor + end.ChildrenProcessor - begin.OwnProcessor - begin.ChildrenProcessor),
            DataBytes = SizeOf(data, "*"),
            DatabaseBytes = SizeOf(data, "*.db*"),
        };
    }

    private (long Bytes, long Messages) Watched() => (_watchers.Sum(watcher => watcher.Bytes), _watchers.Sum(watcher => watcher.Messages));

    private async Task<List<RtspTestServer>> StartRtspAsync()
    {
        const int clipFramesPerSecond = 10;
        if (plan.RtspCameras == 0) return [];
        var clip = await TestFfmpeg.AnnexBAsync("h264", "640x360", clipFramesPerSecond, seconds: 10);
        return [.. Enumerable.Range(0, plan.RtspCameras).Select(_ =>
            RtspTestServer.Start(new RtspTestServerOptions { VideoPath = clip, FramesPerSecond = clipFramesPerSecond }))];
    }

    private static long SizeOf(string directory, string pattern) =>
        new DirectoryInfo(directory).EnumerateFiles(pattern, SearchOption.AllDirectories).Sum(file => file.Exists ? file.Length : 0);
}
