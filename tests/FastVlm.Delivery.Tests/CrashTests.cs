using System.Diagnostics;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage;
using FastVlm.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace FastVlm.Delivery.Tests;

/// <summary>
/// The whole way from a stored incident to an independent receiver, with kills at random moments: what the store has
/// accepted is delivered, signed, and repeats are recognisable.
/// </summary>
public sealed class CrashTests
{
    private const int Incidents = 2000;
    private const int KillsMin = 20;
    private const int KillsWhileDraining = 3;
    private const int Seed = 20261121;

    private readonly Random random = new(Seed);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_kill_loses_an_incident_and_every_message_verifies_with_an_independent_implementation()
    {
        var begin = Stopwatch.GetTimestamp();
        var folder = Directory.CreateTempSubdirectory("fastvlm-crash-").FullName;
        var secret = WebhookSecret.Generate();
        await using var receiver = await VerifyingReceiver.StartAsync(secret, Seed);
        try
        {
            var plant = new Plant(folder, receiver.Address, secret);
            var accepted = new List<string>();
            for (var left = Incidents; left > 0; left = Incidents - Opened(accepted))
            {
                accepted.AddRange(await plant.RunUntilKilledAsync(left, random.Next(40, 200)));
            }

            for (var i = 0; i < KillsWhileDraining; i++)
            {
                accepted.AddRange(await plant.RunUntilKilledAsync(0, after: TimeSpan.FromMilliseconds(random.Next(100, 400))));
            }

            accepted.AddRange(await plant.RunToTheEndAsync());
            Assert.True(plant.Kills > KillsMin, $"Only {plant.Kills} runs were killed.");

            var deliveries = await StoredDeliveriesAsync(folder);
            var requests = receiver.Requests.Items;
            AssertEverythingArrived(accepted, requests);
            AssertRepeatsAreTheSame(requests);
            AssertTheLogAgrees(deliveries, requests);
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{Opened(accepted)} incidents accepted by the store, {plant.Kills} kills; {deliveries.Count} deliveries, "
                + $"{requests.Count} requests, {requests.Count(r => !r.IsAccepted)} of them refused, dropped or too slow, "
                + $"{Repeats(requests)} accepted twice; {Stopwatch.GetElapsedTime(begin).TotalSeconds:0} s.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int Opened(IEnumerable<string> accepted) =>
        accepted.Count(line => line.StartsWith(WebhookEventNames.Opened, StringComparison.Ordinal));

    private static int Repeats(IEnumerable<VerifiedRequest> requests) =>
        requests.Where(request => request.IsAccepted).GroupBy(request => request.Id).Sum(group => group.Count() - 1);

    private static void AssertEverythingArrived(List<string> accepted, IReadOnlyList<VerifiedRequest> requests)
    {
        Assert.Empty(requests.Where(request => request.Error is not null).Select(request => $"{request.Id}: {request.Error}"));
        var arrived = requests.Where(request => request.IsAccepted).Select(request => $"{request.Type} {request.Incident}").ToHashSet();
        Assert.Empty(accepted.Except(arrived));
        Assert.True(Opened(accepted) >= Incidents);

        // Whatever was stored as open is cleared by a later run, told or not.
        Assert.Equal(
            arrived.Where(line => line.StartsWith(WebhookEventNames.Opened, StringComparison.Ordinal)).Select(IncidentOf).Order(),
            arrived.Where(line => line.StartsWith(WebhookEventNames.Cleared, StringComparison.Ordinal)).Select(IncidentOf).Order());

        static string IncidentOf(string line) => line.Split(' ')[1];
    }

    private static void AssertRepeatsAreTheSame(IReadOnlyList<VerifiedRequest> requests)
    {
        Assert.All(requests.GroupBy(request => request.Id), same => Assert.Single(same.Select(request => request.Sha256).Distinct()));
        Assert.All(
            requests.GroupBy(request => (request.Type, request.Incident)),
            same => Assert.Single(same.Select(request => request.Id).Distinct()));
    }

    private static void AssertTheLogAgrees(List<Pipeline.Alerts.Delivery> deliveries, IReadOnlyList<VerifiedRequest> requests)
    {
        Assert.All(deliveries, delivery => Assert.Equal(DeliveryState.Delivered, delivery.State));
        Assert.Equal(
            deliveries.Select(delivery => delivery.Id.Value).Order(StringComparer.Ordinal),
            requests.Where(request => request.IsAccepted).Select(request => request.Id).Distinct().Order(StringComparer.Ordinal));
    }

    private static async Task<List<Pipeline.Alerts.Delivery>> StoredDeliveriesAsync(string folder)
    {
        await using var store = await SqlitePlatformStore.OpenAsync(
            folder, new StorageOptions(), TimeProvider.System, NullLogger.Instance, Stop);
        var all = new List<Pipeline.Alerts.Delivery>();
        DeliveryId? before = null;
        while (true)
        {
            var page = await store.Outbox.FindAsync(new DeliveryQuery { Before = before, Limit = Limits.PageLengthMax }, Stop);
            all.AddRange(page);
            if (page.Count < Limits.PageLengthMax)
            {
                return all;
            }

            before = page[^1].Id;
        }
    }

    /// <summary>Starts <see cref="PlantProgram"/> in a process of its own, on the same folder each time.</summary>
    private sealed class Plant(string folder, Uri receiver, string secret)
    {
        private const string Drained = "drained";

        /// <summary>Runs that did not end by themselves.</summary>
        public int Kills { get; private set; }

        /// <summary>Kills it after so many accepted changes, unless it has done everything before.</summary>
        public Task<List<string>> RunUntilKilledAsync(int incidents, int acceptedMax) =>
            RunAsync(incidents, async (process, accepted) =>
            {
                while (accepted.Count < acceptedMax && await ReadAsync(process) is { } line)
                {
                    accepted.Add(line);
                }

                process.Kill();
            });

        public Task<List<string>> RunUntilKilledAsync(int incidents, TimeSpan after) =>
            RunAsync(incidents, async (process, _) =>
            {
                await Task.Delay(after, TimeProvider.System, Stop);
                process.Kill();
            });

        public async Task<List<string>> RunToTheEndAsync()
        {
            var kills = Kills;
            var accepted = await RunAsync(0, (_, _) => Task.CompletedTask);
            Assert.True(kills == Kills, "The last run ended before everything was delivered.");
            return accepted;
        }

        private static Task<string?> ReadAsync(Process process) =>
            process.StandardOutput.ReadLineAsync(Stop).AsTask().Within("an accepted change, or the end");

        private async Task<List<string>> RunAsync(int incidents, Func<Process, List<string>, Task> meanwhile)
        {
            string[] arguments = [PlantProgram.Name, folder, receiver.AbsoluteUri, secret, $"{incidents}"];
            using var process = Process.Start(
                new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true })!;
            var accepted = new List<string>();
            await meanwhile(process, accepted);

            // What it had accepted and printed by then counts as well.
            while (await ReadAsync(process) is { } line)
            {
                accepted.Add(line);
            }

            await process.WaitForExitAsync(Stop).Within("the end of the process");

            // A run may have done everything before its kill came.
            Kills += accepted.Remove(Drained) ? 0 : 1;
            return accepted;
        }
    }
}
