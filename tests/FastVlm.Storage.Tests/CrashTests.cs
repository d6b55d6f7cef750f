using System.Diagnostics;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;
using FastVlm.TestKit;
using Microsoft.Data.Sqlite;

namespace FastVlm.Storage.Tests;

public sealed class CrashTests
{
    private const int Kills = 30;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_accepted_before_a_kill_is_there_with_its_deliveries_and_nothing_by_halves()
    {
        await using var test = await TestStore.OpenAsync();
        await test.CloseAsync();
        var random = new Random(20260321);
        var accepted = new List<string>();

        for (var kill = 0; kill < Kills; kill++)
        {
            accepted.AddRange(await AppendUntilKilledAsync(test.Folder, kill, random.Next(1, 40)));
        }

        await test.ReopenAsync();
        Assert.Contains(test.Log.Lines.Items, line => line.Contains("sound", StringComparison.Ordinal));
        Assert.True(accepted.Count >= Kills, $"Only {accepted.Count} entries were accepted in {Kills} runs.");
        foreach (var name in accepted)
        {
            await AssertCompleteAsync(test.Store, name);
        }

        var stored = AssertNothingByHalves(test.Database, Path.Combine(test.Folder, "evidence"));
        TestContext.Current.TestOutputHelper?.WriteLine($"{Kills} kills, {accepted.Count} entries accepted, {stored} stored.");
    }

    private static async Task<List<string>> AppendUntilKilledAsync(string folder, int run, int acceptedBeforeKill)
    {
        string[] arguments = [AppendingProgram.Name, folder, $"{run}"];
        var start = new ProcessStartInfo(Environment.ProcessPath!, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var accepted = new List<string>();
        while (accepted.Count < acceptedBeforeKill)
        {
            var line = await process.StandardOutput.ReadLineAsync(Stop).AsTask().Within("an accepted entry");
            accepted.Add(line ?? throw new InvalidOperationException("The program ended before it was killed."));
        }

        process.Kill();

        // What it had accepted and printed by then counts as well.
        while (await process.StandardOutput.ReadLineAsync(Stop) is { } line)
        {
            accepted.Add(line);
        }

        await process.WaitForExitAsync(Stop).Within("the kill");
        return accepted;
    }

    private static async Task AssertCompleteAsync(StorePorts store, string name)
    {
        var incident = new IncidentId($"inc-{name}");
        Assert.Equal($"entry {name}", (await store.Captions.FindAsync(new CaptionId($"cap-{name}"), Stop))?.Text);
        Assert.Equal(IncidentState.Open, (await store.Incidents.FindAsync(incident, Stop))?.State);
        Assert.Equal(AppendingProgram.Picture(name), await store.Incidents.ReadPictureAsync(incident, 0, Stop));
        var deliveries = await store.Outbox.FindAsync(new DeliveryQuery { IncidentId = incident }, Stop);
        Assert.Equal(AppendingProgram.Deliveries, deliveries.Count);
    }

    /// <summary>Also of those that were stored but not yet told when the kill came.</summary>
    private static long AssertNothingByHalves(string database, string evidence)
    {
        using var connection = new SqliteConnection($"Data Source={database};Mode=ReadOnly;Pooling=False");
        connection.Open();
        Assert.Equal("ok", Scalar("PRAGMA integrity_check"));
        var count = Count("caption");
        Assert.Equal(count, Count("incident"));
        Assert.Equal(count, Count("evidence"));
        Assert.Equal(count, Count("picture"));
        Assert.Equal(count * AppendingProgram.Deliveries, Count("delivery"));
        Assert.Equal(count, (long)Scalar("SELECT count(*) FROM caption_text WHERE caption_text MATCH 'entry'")!);
        Assert.Equal(0L, Scalar("""
            SELECT count(*) FROM caption c WHERE NOT EXISTS (SELECT 1 FROM incident WHERE id = replace(c.id, 'cap-', 'inc-'))
            """));

        using var pictures = connection.CreateCommand();
        pictures.CommandText = "SELECT file, bytes FROM picture";
        using var rows = pictures.ExecuteReader();
        while (rows.Read())
        {
            Assert.Equal(rows.GetInt64(1), new FileInfo(Path.Combine(evidence, rows.GetString(0))).Length);
        }

        return count;

        long Count(string table) => (long)Scalar($"SELECT count(*) FROM {table}")!;

        object? Scalar(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            return command.ExecuteScalar();
        }
    }
}
