using System.Diagnostics;
using System.Globalization;
using FastVlm.Pipeline.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace FastVlm.Storage.Tests;

/// <summary>
/// Measures how fast the store takes entries: <c>measure SECONDS [PARENT-FOLDER]</c>. Prints a table for docs/storage.md.
/// An entry is a caption of a sentence; every fiftieth opens an incident with a picture of 40 kB and one delivery.
/// </summary>
internal static class MeasuringProgram
{
    public const string Name = "measure";
    private const int IncidentEvery = 50;
    private static readonly byte[] Picture = new byte[40_000];

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var span = TimeSpan.FromSeconds(int.Parse(arguments[0], CultureInfo.InvariantCulture));
        Console.WriteLine("| callers | synchronous | entries/s | p50 ms | p99 ms |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var (callers, survives) in new[] { (1, true), (1, false), (64, true), (64, false) })
        {
            await MeasureAsync(callers, survives, span, arguments.Count > 1 ? arguments[1] : Path.GetTempPath());
        }

        return 0;
    }

    private static async Task MeasureAsync(int callers, bool survives, TimeSpan span, string parent)
    {
        var folder = Path.Combine(parent, $"fastvlm-measure-{Environment.ProcessId}");
        try
        {
            var options = new StorageOptions { SurvivesPowerLoss = survives };
            await using var store = await SqlitePlatformStore.OpenAsync(
                folder, options, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
            var start = Stopwatch.GetTimestamp();
            var waits = await Task.WhenAll(Enumerable.Range(0, callers).Select(
                caller => Task.Run(() => AppendAsync(store.Journal, caller, () => Stopwatch.GetElapsedTime(start) < span))));
            var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
            var sorted = waits.SelectMany(w => w).Order().ToArray();
            var (median, high) = (sorted[sorted.Length / 2], sorted[sorted.Length * 99 / 100]);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {callers} | {(survives ? "FULL" : "NORMAL")} | {sorted.Length / elapsed:0} | {median:0.0} | {high:0.0} |"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<List<double>> AppendAsync(IStageJournal journal, int caller, Func<bool> goesOn)
    {
        var waits = new List<double>();
        for (var i = 0; goesOn(); i++)
        {
            var name = $"{caller}-{i}";
            var at = TimeProvider.System.GetUtcNow();
            var caption = Samples.Caption($"cap_{Guid.CreateVersion7(at):N}", $"A worker puts part {i} on the belt.", $"cam_{caller}", at);
            var entry = i % IncidentEvery == 0
                ? Samples.Opened($"inc_{name}", caption, Picture) with { Deliveries = [Samples.Delivery($"msg_{name}", $"inc_{name}")] }
                : Samples.Only(caption);
            var start = Stopwatch.GetTimestamp();
            await journal.AppendAsync(entry, CancellationToken.None);
            waits.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return waits;
    }
}
