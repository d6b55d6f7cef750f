using System.Diagnostics;
using System.Globalization;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace FastVlm.Storage.Tests;

/// <summary>
/// Measures how fast the store takes entries, finds and sweeps: <c>measure SECONDS CAPTIONS [PARENT-FOLDER]</c>. Prints the
/// tables of docs/storage.md. An entry is a caption of a sentence; every fiftieth opens an incident with a picture of 40 kB
/// and one delivery.
/// </summary>
internal static class MeasuringProgram
{
    public const string Name = "measure";
    private const int IncidentEvery = 50;
    private const int Cameras = 200;
    private static readonly byte[] Picture = new byte[40_000];

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var span = TimeSpan.FromSeconds(int.Parse(arguments[0], CultureInfo.InvariantCulture));
        var captions = int.Parse(arguments[1], CultureInfo.InvariantCulture);
        var folder = Path.Combine(arguments.Count > 2 ? arguments[2] : Path.GetTempPath(), $"fastvlm-measure-{Environment.ProcessId}");
        Console.WriteLine("| callers | synchronous | entries/s | p50 ms | p99 ms |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var (callers, survives) in new[] { (1, true), (1, false), (64, true), (64, false) })
        {
            await WithStoreAsync(folder, new StorageOptions { SurvivesPowerLoss = survives }, async store =>
            {
                var (count, waits) = await AppendAsync(store.Journal, callers, span);
                Print($"| {callers} | {(survives ? "FULL" : "NORMAL")} | {count / span.TotalSeconds:0} | {waits} |");
            });
        }

        await WithStoreAsync(folder, new StorageOptions { Retention = new RetentionOptions { CaptionsMax = captions / 2 } }, async store =>
        {
            await FillAsync(store.Journal, captions);
            var size = new FileInfo(Path.Combine(folder, "fastvlm.db")).Length;
            Print($"\n{captions} captions: {size / captions} bytes each with their index.\n");
            await FindAsync(store.Captions);
            await SweepAsync(store, captions);
        });
        return 0;
    }

    private static async Task WithStoreAsync(string folder, StorageOptions options, Func<SqlitePlatformStore, Task> measure)
    {
        try
        {
            await using var store = await SqlitePlatformStore.OpenAsync(
                folder, options, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
            await measure(store);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static async Task<(int Count, string Waits)> AppendAsync(
        IStageJournal journal, int callers, TimeSpan span, bool isFenced = false)
    {
        var start = Stopwatch.GetTimestamp();
        var waits = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var own = new List<double>();
            while (Stopwatch.GetElapsedTime(start) < span)
            {
                own.Add(await MeasureAsync(() => journal.AppendAsync(Fenced(Entry(caller, own.Count)), CancellationToken.None)));
            }

            return own;
        })));
        return (waits.Sum(own => own.Count), Percentiles(waits.SelectMany(own => own)));

        StageEntry Fenced(StageEntry entry) => isFenced ? entry with { Fence = new Fence(entry.Caption!.CameraId, 0, 0) } : entry;
    }

    public static async Task FillAsync(IStageJournal journal, int captions)
    {
        var first = TimeProvider.System.GetUtcNow().AddDays(-1);
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, 256).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var i && i < captions)
            {
                var at = first.AddMilliseconds(5 * i);
                var smoke = i % 1000 == 0 ? ", smoke" : "";
                var text = $"A worker in a blue coat puts part {i} on the belt of line {i % 7}, and a lamp is lit{smoke}.";
                var caption = Samples.Caption($"cap_{Guid.CreateVersion7(at):N}", text, $"cam_{i % Cameras}", at);
                await journal.AppendAsync(Samples.Only(caption), CancellationToken.None);
            }
        })));
    }

    public static async Task FindAsync(ICaptionHistory captions)
    {
        (string What, CaptionQuery Query)[] queries =
        [
            ("newest 100 of all cameras", new CaptionQuery()),
            ("newest 100 of one camera", new CaptionQuery { CameraId = new CameraId("cam_7") }),
            ("a word of every caption", new CaptionQuery { Text = "worker" }),
            ("a word of every caption at one camera", new CaptionQuery { Text = "worker", CameraId = new CameraId("cam_7") }),
            ("a word of a thousandth", new CaptionQuery { Text = "smoke" }),
            ("a word that this camera never says", new CaptionQuery { Text = "smoke", CameraId = new CameraId("cam_7") }),
            ("a phrase", new CaptionQuery { Text = "\"blue coat puts\"" }),
        ];
        Console.WriteLine("| search | finds | p50 ms | p99 ms |\n|---|---|---|---|");
        foreach (var (what, query) in queries)
        {
            var count = (await captions.FindAsync(query, CancellationToken.None)).Count;
            var times = new List<double>();
            for (var i = 0; i < 20; i++)
            {
                times.Add(await MeasureAsync(() => captions.FindAsync(query, CancellationToken.None)));
            }

            Print($"| {what} | {count} | {Percentiles(times)} |");
        }
    }

    /// <summary>What 200 cameras of one caption a second wait for, while half of the captions are swept and after it.</summary>
    private static async Task SweepAsync(SqlitePlatformStore store, int captions)
    {
        var start = Stopwatch.GetTimestamp();
        var sweep = store.Retention.SweepAsync(CancellationToken.None);
        var during = await AppendAtRateAsync(store.Journal, () => !sweep.IsCompleted);
        await sweep;
        var duration = Stopwatch.GetElapsedTime(start).TotalSeconds;
        start = Stopwatch.GetTimestamp();
        var after = await AppendAtRateAsync(store.Journal, () => Stopwatch.GetElapsedTime(start).TotalSeconds < 5);
        Console.WriteLine("\n| 200 entries/s | p50 ms | p99 ms |\n|---|---|---|");
        Print($"| during a sweep ({captions / 2} captions in {duration:0.0} s) | {Percentiles(during)} |");
        Print($"| without | {Percentiles(after)} |");
    }

    private static async Task<IEnumerable<double>> AppendAtRateAsync(IStageJournal journal, Func<bool> goesOn)
    {
        var pending = new List<Task<double>>();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        while (goesOn())
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
            var entry = Entry(1000, pending.Count);
            pending.Add(MeasureAsync(() => journal.AppendAsync(entry, CancellationToken.None)));
        }

        return await Task.WhenAll(pending);
    }

    private static StageEntry Entry(int caller, int number)
    {
        var name = $"{caller}-{number}-{Guid.NewGuid():N}";
        var at = TimeProvider.System.GetUtcNow();
        var text = $"A worker puts part {number} on the belt.";
        var caption = Samples.Caption($"cap_{Guid.CreateVersion7(at):N}", text, $"cam_{caller}", at);
        return number % IncidentEvery == 0
            ? Samples.Opened($"inc_{name}", caption, Picture) with { Deliveries = [Samples.Delivery($"msg_{name}", $"inc_{name}")] }
            : Samples.Only(caption);
    }

    private static async Task<double> MeasureAsync(Func<Task> action)
    {
        var start = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static string Percentiles(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return string.Create(CultureInfo.InvariantCulture, $"{sorted[sorted.Length / 2]:0.0} | {sorted[sorted.Length * 99 / 100]:0.0}");
    }

    public static void Print(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
}
