using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace FastVlm.Delivery.Tests;

/// <summary>
/// A plant of a few cameras with the real store, planner, sender and dispatcher: each camera opens incidents and clears
/// them, and each change is printed once the store has accepted it. Goes on with what an earlier, killed run left behind,
/// and ends when nothing waits for delivery any more.
/// </summary>
internal static class PlantProgram
{
    public const string Name = "plant";

    private const int Cameras = 3;
    private static readonly EndpointId Endpoint = new("ep_crash");
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(5);

    /// <summary>The ten tries of the schedule, in seconds instead of days.</summary>
    private static readonly TimeSpan[] RetryWaits =
        [.. new[] { 10, 30, 60, 100, 200, 300, 400, 500, 500 }.Select(ms => TimeSpan.FromMilliseconds(ms))];

    public static async Task<int> RunAsync(string folder, Uri address, string secret, int incidents)
    {
        await using var store = await SqlitePlatformStore.OpenAsync(
            folder, new StorageOptions(), TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        var planner = new DeliveryPlanner(new DeliveryPlannerOptions());
        var dispatcher = new AlertDispatcher(
            new AlertDispatcherOptions
            {
                Outbox = store.Outbox,
                Sender = new WebhookSender(
                    new WebhookSenderOptions { AllowLoopback = true, Timeout = TimeSpan.FromSeconds(1) }, TimeProvider.System),
                Observer = new NoObserver(),
                RetryWaits = RetryWaits,
            },
            TimeProvider.System,
            NullLogger.Instance);
        var configuration = Configured(address, secret);
        planner.Apply(configuration);
        dispatcher.Apply(configuration);

        using var stop = new CancellationTokenSource();
        var dispatching = dispatcher.RunAsync(stop.Token);
        var changes = new Changes(store.Journal, planner, dispatcher);
        await WorkAsync(changes, await store.Incidents.ListOpenAsync(CancellationToken.None), incidents);
        await DrainAsync(store.Outbox);
        await stop.CancelAsync();
        await dispatching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Console.WriteLine("drained");
        return 0;
    }

    private static async Task WorkAsync(Changes changes, IReadOnlyList<Incident> open, int incidents)
    {
        foreach (var incident in open)
        {
            await changes.ClearAsync(incident);
        }

        var left = incidents;
        await Task.WhenAll(Enumerable.Range(0, Cameras).Select(camera => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var incident = await changes.OpenAsync(new CameraId($"cam_{camera}"));
                await Task.Delay(Moment, TimeProvider.System);
                await changes.ClearAsync(incident);
            }
        })));
    }

    private static async Task DrainAsync(IOutbox outbox)
    {
        var pending = new DeliveryQuery { State = DeliveryState.Pending, Limit = 1 };
        while ((await outbox.FindAsync(pending, CancellationToken.None)).Count > 0)
        {
            await Task.Delay(Moment, TimeProvider.System);
        }
    }

    private static PlatformConfiguration Configured(Uri address, string secret) => new()
    {
        Endpoints =
        [
            new()
            {
                Id = Endpoint,
                Spec = new() { Name = "receiver", Url = new(address.AbsoluteUri), Secrets = [new(secret)] },
                CreatedAt = DateTimeOffset.UnixEpoch,
                UpdatedAt = DateTimeOffset.UnixEpoch,
            },
        ],
    };

    /// <summary>What a caption's stage does with a change: plan, store in one transaction, then tell.</summary>
    private sealed class Changes(IStageJournal journal, IDeliveryPlanner planner, AlertDispatcher dispatcher)
    {
        private readonly TextWriter output = Console.Out;

        public async Task<Incident> OpenAsync(CameraId camera)
        {
            var now = TimeProvider.System.GetUtcNow();
            var incident = new Incident
            {
                Id = IncidentId.New(now),
                Kind = IncidentKind.Rule,
                CameraId = camera,
                RuleId = new RuleId("rule_dropped"),
                Title = $"Part dropped at {camera}",
                Why = "The caption says “part dropped”.",
                Severity = Severity.Warning,
                State = IncidentState.Open,
                OpenedAt = now,
                LastSeenAt = now,
                Count = 1,
            };
            await StoreAsync(IncidentChangeKind.Opened, incident, now);
            return incident;
        }

        public Task ClearAsync(Incident incident)
        {
            var now = TimeProvider.System.GetUtcNow();
            return StoreAsync(IncidentChangeKind.Cleared, incident with { State = IncidentState.Cleared, ClearedAt = now }, now);
        }

        private async Task StoreAsync(IncidentChangeKind kind, Incident incident, DateTimeOffset now)
        {
            var change = new IncidentChange(kind, incident);
            var deliveries = planner.Plan(change, now);
            await journal.AppendAsync(new StageEntry { Changes = [change], Deliveries = deliveries }, CancellationToken.None);
            dispatcher.Wake(deliveries);
            lock (output)
            {
                output.WriteLine($"{deliveries[0].EventType} {incident.Id}");
                output.Flush();
            }
        }
    }

    private sealed class NoObserver : IDeliveryObserver
    {
        public void OnTry(Pipeline.Alerts.Delivery delivery, DeliveryAttempt attempt)
        {
            // Only the receiver's word counts in this test.
        }
    }
}
