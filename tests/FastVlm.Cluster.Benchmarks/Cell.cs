using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FastVlm.Benchmarks.Load;

namespace FastVlm.Cluster.Benchmarks;

/// <summary>What is measured in one process.</summary>
/// <param name="Edition">"embedded" or "cluster".</param>
/// <param name="OnDisk">With its database; in memory otherwise.</param>
/// <param name="ModelMs">What a look takes.</param>
internal sealed record Cell(string Edition, bool OnDisk, double ModelMs)
{
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan StageWithin = TimeSpan.FromMinutes(3);

    public string Name => $"{Edition}, {(OnDisk ? Edition == "cluster" ? "PostgreSQL" : "SQLite" : "in memory")}";

    /// <summary>In a process of its own, so that neither edition meets the other's garbage.</summary>
    public async Task<CellFigures> RunAsync(BenchOptions options)
    {
        string[] arguments =
        [
            "cell", "--edition", Edition, "--on-disk", OnDisk.ToString(), "--model-ms", ModelMs.ToString(CultureInfo.InvariantCulture),
            .. options.ToArguments(),
        ];
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<CellFigures>(output)!
            : throw new InvalidOperationException($"The measurement '{Name}' failed with {process.ExitCode}.");
    }

    public async Task<CellFigures> MeasureAsync(BenchOptions options)
    {
        var plan = new LoadPlan
        {
            SyntheticCameras = options.Cameras,
            RtspCameras = 0,
            Duration = StageWithin,
            WarmUp = StageWithin,
            FramesPerSecond = options.LooksPerSecond,
            LooksPerSecond = options.LooksPerSecond,
            WidthPx = 64,
            HeightPx = 36,
            ModelTime = TimeSpan.FromMilliseconds(ModelMs),
            Rules = options.Rules,
            LooksPerEvent = 60,
            Watchers = 0,
        };
        await using Edition edition = Edition == "cluster" ? new ClusterEdition(plan, OnDisk) : new EmbeddedEdition(plan, OnDisk);
        await edition.StartAsync();

        // By captions and not by time: on a busy machine the compiler would still be at work.
        await WhenAsync(edition, options.WarmUpCaptions);
        var begin = Meter.Read(edition);
        await WhenAsync(edition, begin.Captions + options.Captions);
        return Meter.Read(edition).Since(begin);
    }

    private static async Task WhenAsync(Edition edition, long captions)
    {
        var start = Stopwatch.GetTimestamp();
        while (edition.Cameras.Captions < captions && Stopwatch.GetElapsedTime(start) < StageWithin)
        {
            await Task.Delay(LookPeriod, edition.Time);
        }
    }

    private sealed record Meter(long Timestamp, long Captions, TimeSpan Processor, TimeSpan Database, long Allocated)
    {
        public static Meter Read(Edition edition) => new(
            Stopwatch.GetTimestamp(), edition.Cameras.Captions, Environment.CpuUsage.TotalTime, edition.DatabaseProcessor,
            GC.GetTotalAllocatedBytes());

        public CellFigures Since(Meter begin)
        {
            var captions = Math.Max(1, Captions - begin.Captions);
            return new CellFigures(
                (Captions - begin.Captions) / Stopwatch.GetElapsedTime(begin.Timestamp, Timestamp).TotalSeconds,
                (Processor - begin.Processor).TotalMicroseconds / captions,
                (Database - begin.Database).TotalMicroseconds / captions,
                (Allocated - begin.Allocated) / (double)captions);
        }
    }
}

/// <summary>What one process measured.</summary>
internal sealed record CellFigures(double CaptionsPerSecond, double ProcessorUs, double DatabaseUs, double AllocatedBytes);
