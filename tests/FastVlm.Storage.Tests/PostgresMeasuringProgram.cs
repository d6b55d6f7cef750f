using System.Globalization;
using FastVlm.Pipeline.Configuration;
using FastVlm.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using static System.FormattableString;

namespace FastVlm.Storage.Tests;

/// <summary>
/// Measures the PostgreSQL edition on a server of its own, which syncs each commit: <c>measure-postgres SECONDS CAPTIONS</c>.
/// Prints the tables of docs/storage.md, with entries like those of <see cref="MeasuringProgram"/>.
/// </summary>
internal static class PostgresMeasuringProgram
{
    public const string Name = "measure-postgres";

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var span = TimeSpan.FromSeconds(int.Parse(arguments[0], CultureInfo.InvariantCulture));
        var captions = int.Parse(arguments[1], CultureInfo.InvariantCulture);
        await using var server = await PostgresServer.StartAsync(syncs: true);
        Console.WriteLine("| callers | fenced | entries/s | p50 ms | p99 ms | processor time of an entry: platform, server |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var (callers, isFenced) in new[] { (1, false), (1, true), (16, true), (64, true), (64, false), (256, true) })
        {
            await WithStoreAsync(server, async (store, _) =>
            {
                await MeasuringProgram.AppendAsync(store.Journal, callers, span, isFenced);
                var (own, its) = (Environment.CpuUsage.TotalTime, PostgresServer.ProcessorTime());
                var (count, waits) = await MeasuringProgram.AppendAsync(store.Journal, callers, span, isFenced);
                (own, its) = ((Environment.CpuUsage.TotalTime - own) / count, (PostgresServer.ProcessorTime() - its) / count);
                MeasuringProgram.Print(
                    $"| {callers} | {(isFenced ? "yes" : "no")} | {count / span.TotalSeconds:0} | {waits} | {Micro(own)}, {Micro(its)} |");
            });
        }

        await WithStoreAsync(server, async (store, database) =>
        {
            await MeasuringProgram.FillAsync(store.Journal, captions);
            var size = await PostgresServer.ScalarAsync<long>(database, "SELECT pg_total_relation_size('fastvlm.caption')");
            MeasuringProgram.Print($"\n{captions} captions: {size / captions} bytes each with their indexes.\n");
            await PostgresServer.ExecuteAsync(database, "VACUUM ANALYZE fastvlm.caption");
            await MeasuringProgram.FindAsync(store.Captions);
        });
        return 0;
    }

    private static async Task WithStoreAsync(PostgresServer server, Func<PostgresPlatformStore, string, Task> measure)
    {
        using var folder = new TempDirectory();
        var database = await server.CreateDatabaseAsync();
        await using var store = await PostgresPlatformStore.OpenAsync(
            new PostgresStoreOptions { ConnectionString = new SecretText(database), SecretsKeyFile = folder.File("secrets.key") },
            TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        await measure(store, database);
    }

    private static string Micro(TimeSpan time) => Invariant($"{time.TotalMicroseconds:0} µs");
}
