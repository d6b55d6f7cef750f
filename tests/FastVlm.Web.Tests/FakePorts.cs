using System.Collections.Concurrent;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Nodes;
using FastVlm.Pipeline.Storage;
using FastVlm.TestKit;

namespace FastVlm.Web.Tests;

/// <summary>Cameras that a test describes.</summary>
internal sealed class FakeCameras : ICameraMonitor, ICameraTester, ILiveVideo
{
    public ConcurrentDictionary<CameraId, CameraReport> Reports { get; } = new();

    public ConcurrentDictionary<(CameraId, CaptionId?), CameraPicture> Pictures { get; } = new();

    public ConcurrentDictionary<(CameraId, string), LiveVideoFile> Files { get; } = new();

    public Collector<CameraId> Reconnects { get; } = new("reconnects");

    public Collector<CameraSpec> Tests { get; } = new("tests");

    public CameraTest TestResult { get; set; } = new() { Succeeded = true, Codec = "h264", Picture = [1, 2, 3] };

    public Task<CameraReport?> FindAsync(CameraId id, CancellationToken cancellationToken) =>
        Task.FromResult(Reports.GetValueOrDefault(id));

    public Task<IReadOnlyDictionary<CameraId, CameraReport>> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<CameraId, CameraReport>>(Reports);

    public Task<CameraPicture?> FindPictureAsync(CameraId id, CaptionId? captionId, CancellationToken cancellationToken) =>
        Task.FromResult(Pictures.GetValueOrDefault((id, captionId)));

    public Task<bool> ReconnectAsync(CameraId id, CancellationToken cancellationToken)
    {
        Reconnects.Add(id);
        return Task.FromResult(Reports.ContainsKey(id));
    }

    public Task<CameraTest> TestAsync(CameraSpec spec, CancellationToken cancellationToken)
    {
        Tests.Add(spec);
        return Task.FromResult(TestResult);
    }

    public Task<LiveVideoFile?> ReadAsync(CameraId id, string fileName, CancellationToken cancellationToken) =>
        fileName == "broken.m3u8"
            ? throw new FailureException(FailureKind.NoVideo, "Camera 'gate' gives no video now; it is being connected.")
            : Task.FromResult(Files.GetValueOrDefault((id, fileName)));
}

/// <summary>Stored captions, incidents and deliveries, in lists. Newest last.</summary>
internal sealed class MemoryHistory : ICaptionHistory, IIncidentLog, IIncidentDesk, IOutbox
{
    public List<CaptionRecord> Captions { get; } = [];

    public List<Incident> Incidents { get; } = [];

    public List<Delivery> Deliveries { get; } = [];

    public Dictionary<IncidentId, Evidence> Evidence { get; } = [];

    public List<DeliveryAttempt> Attempts { get; } = [];

    public bool IsBroken { get; set; }

    /// <summary>A caption, an incident with a picture, and a delivery of it: cap_1, inc_1, msg_1.</summary>
    public void Fill(CameraId camera, EndpointId endpoint)
    {
        var caption = new CaptionRecord
        {
            Id = new CaptionId("cap_1"), CameraId = camera, Text = "A part dropped.", Prompt = "What?", ModelName = "nano",
            Stamps = new StageStamps { CapturedAt = new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero) },
            FrameAge = TimeSpan.FromSeconds(1), TimeToFirstToken = TimeSpan.FromSeconds(0.5), NewTokenCount = 4,
        };
        var incident = new Incident
        {
            Id = new IncidentId("inc_1"), Kind = IncidentKind.Rule, CameraId = camera, Title = "dropped at line", Why = "It says so.",
            Severity = Severity.Warning, State = IncidentState.Open, OpenedAt = caption.Stamps.CapturedAt,
            LastSeenAt = caption.Stamps.CapturedAt, Count = 1,
        };
        var picture = new EvidencePicture
        {
            CapturedAt = caption.Stamps.CapturedAt, IsTrigger = true, WidthPx = 1, HeightPx = 1, Sha256 = "", PixelsSha256 = "",
            Jpeg = new byte[] { 1 },
        };
        Captions.Add(caption);
        Incidents.Add(incident);
        Evidence[incident.Id] = new Evidence
        {
            Caption = caption, Rule = new RuleSpec(), Verdict = new RuleVerdict { RuleId = new RuleId("r"), IsMatch = true, Why = "" },
            ModelFingerprint = "f", Parameters = new GenerationRequest { Prompt = "What?" }, Pictures = [picture],
        };
        Deliveries.Add(new Delivery
        {
            Id = new DeliveryId("msg_1"), EndpointId = endpoint, IncidentId = incident.Id, EventType = "incident.opened",
            Payload = "{}", CreatedAt = caption.Stamps.CapturedAt,
        });
    }

    public Task<IReadOnlyList<CaptionRecord>> FindAsync(CaptionQuery query, CancellationToken cancellationToken)
    {
        RequireWhole();
        return Page(Captions.Where(c =>
            (query.CameraId is null || c.CameraId == query.CameraId)
            && (query.Text is null || c.Text.Contains(query.Text, StringComparison.OrdinalIgnoreCase))
            && (query.From is null || c.Stamps.CapturedAt >= query.From)
            && (query.To is null || c.Stamps.CapturedAt < query.To)
            && (query.Before is not { } before || string.CompareOrdinal(c.Id.Value, before.Value) < 0)), query.Limit);
    }

    public Task<CaptionRecord?> FindAsync(CaptionId id, CancellationToken cancellationToken) =>
        Task.FromResult(Captions.Find(c => c.Id == id));

    public async IAsyncEnumerable<CaptionRecord> ReadAsync(
        CaptionSpan span, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var caption in Within(span))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
            yield return caption;
        }
    }

    public Task<long> CountAsync(CaptionSpan span, CancellationToken cancellationToken) => Task.FromResult(Within(span).LongCount());

    public Task<IReadOnlyList<Incident>> FindAsync(IncidentQuery query, CancellationToken cancellationToken)
    {
        RequireWhole();
        return Page(Incidents.Where(i =>
            (query.State is null || i.State == query.State)
            && (query.Kind is null || i.Kind == query.Kind)
            && (query.CameraId is null || i.CameraId == query.CameraId)
            && (query.RuleId is null || i.RuleId == query.RuleId)
            && (query.Before is not { } before || string.CompareOrdinal(i.Id.Value, before.Value) < 0)), query.Limit);
    }

    public Task<Incident?> FindAsync(IncidentId id, CancellationToken cancellationToken)
    {
        RequireWhole();
        return Task.FromResult(Incidents.Find(i => i.Id == id));
    }

    public Task<IReadOnlyList<Incident>> ListOpenAsync(CancellationToken cancellationToken)
    {
        RequireWhole();
        return Page(Incidents.Where(i => i.State == IncidentState.Open), int.MaxValue);
    }

    public Task<IReadOnlyList<LastTold>> ListLastToldAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<LastTold>>([]);

    public Task<Evidence?> FindEvidenceAsync(IncidentId id, CancellationToken cancellationToken) =>
        Task.FromResult(Evidence.GetValueOrDefault(id));

    public Task<byte[]?> ReadPictureAsync(IncidentId id, int index, CancellationToken cancellationToken) =>
        Task.FromResult(Evidence.TryGetValue(id, out var evidence) && index < evidence.Pictures.Count
            ? evidence.Pictures[index].Jpeg.ToArray()
            : null);

    public Task<Incident?> AcknowledgeAsync(IncidentId id, string? by, CancellationToken cancellationToken) =>
        Change(id, incident => incident with { AcknowledgedBy = by ?? "somebody" });

    public Task<Incident?> JudgeAsync(IncidentId id, bool? isTrue, string? note, CancellationToken cancellationToken) =>
        Change(id, incident => incident with { Verdict = isTrue, VerdictNote = note });

    public Task<IReadOnlyList<Delivery>> ListDueAsync(
        EndpointId endpoint, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        Page(Deliveries.Where(d => d.EndpointId == endpoint && d.NextAttemptAt <= now), limit);

    public Task<DateTimeOffset?> NextDueAsync(EndpointId endpoint, CancellationToken cancellationToken) =>
        Task.FromResult(Deliveries.Where(d => d.EndpointId == endpoint).Min(d => d.NextAttemptAt));

    public Task RecordAsync(DeliveryAttempt attempt, Delivery delivery, CancellationToken cancellationToken)
    {
        Attempts.Add(attempt);
        return Task.CompletedTask;
    }

    public Task<int> ReplayAsync(IReadOnlyList<DeliveryId> ids, DateTimeOffset now, CancellationToken cancellationToken) =>
        Task.FromResult(Deliveries.Count(d => ids.Contains(d.Id)));

    public Task<int> CancelPendingAsync(EndpointId endpoint, string reason, CancellationToken cancellationToken) => Task.FromResult(0);

    public Task<IReadOnlyList<Delivery>> FindAsync(DeliveryQuery query, CancellationToken cancellationToken)
    {
        RequireWhole();
        return Page(Deliveries.Where(d =>
            (query.EndpointId is null || d.EndpointId == query.EndpointId)
            && (query.IncidentId is null || d.IncidentId == query.IncidentId)
            && (query.State is null || d.State == query.State)
            && (query.From is null || d.CreatedAt >= query.From)
            && (query.To is null || d.CreatedAt < query.To)
            && (query.Before is not { } before || string.CompareOrdinal(d.Id.Value, before.Value) < 0)), query.Limit);
    }

    public Task<Delivery?> FindAsync(DeliveryId id, CancellationToken cancellationToken) =>
        Task.FromResult(Deliveries.Find(d => d.Id == id));

    public Task<IReadOnlyList<DeliveryAttempt>> ListAttemptsAsync(DeliveryId id, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DeliveryAttempt>>([.. Attempts.Where(a => a.DeliveryId == id)]);

    private static Task<IReadOnlyList<T>> Page<T>(IEnumerable<T> items, int limit) =>
        Task.FromResult<IReadOnlyList<T>>([.. items.Reverse().Take(limit)]);

    private IEnumerable<CaptionRecord> Within(CaptionSpan span) => Captions.Where(c =>
        span.Cameras.Contains(c.CameraId) && c.Stamps.CapturedAt >= span.From && c.Stamps.CapturedAt < span.To);

    private Task<Incident?> Change(IncidentId id, Func<Incident, Incident> change)
    {
        var index = Incidents.FindIndex(i => i.Id == id);
        if (index >= 0)
        {
            Incidents[index] = change(Incidents[index]);
        }

        return Task.FromResult(index < 0 ? null : Incidents[index]);
    }

    private void RequireWhole()
    {
        if (IsBroken)
        {
            throw new StorageException("The store 'test' is damaged; restore it.");
        }
    }
}

internal sealed class FakeModels : IModelCatalogue
{
    public IReadOnlyList<ModelCard> List() =>
        [new() { Name = "fastvlm-nano", Licence = "Apache-2.0", IsActive = true, IsInstalled = true }];
}

/// <summary>One node that does everything.</summary>
internal sealed class FakeNodes : INodeDirectory
{
    public IReadOnlyList<NodeReport> List() =>
        [new() { Name = "plant", Version = "1.2.3", Roles = ["camera", "gpu", "web"], State = NodeState.Live }];
}

/// <summary>Webhooks whose endpoints and deliveries a test names.</summary>
internal sealed class FakeWebhooks(MemoryHistory history) : IWebhookDesk
{
    public HashSet<EndpointId> Known { get; } = [];

    public bool IsDisabled { get; set; }

    public Collector<ReplayRange> Ranges { get; } = new("replays");

    public Task<WebhookTest?> TestAsync(EndpointId id, CancellationToken cancellationToken) => Task.FromResult(
        Known.Contains(id)
            ? new WebhookTest(
                new Delivery
                {
                    Id = new DeliveryId("msg_t"),
                    EndpointId = id,
                    EventType = "webhook.test",
                    Payload = "{}",
                    CreatedAt = DateTimeOffset.UnixEpoch,
                },
                new DeliveryAttempt
                {
                    DeliveryId = new DeliveryId("msg_t"), Number = 1, At = DateTimeOffset.UnixEpoch, Duration = TimeSpan.Zero,
                })
            : null);

    public Task<ReplayResult> ReplayAsync(DeliveryId id, CancellationToken cancellationToken) =>
        Task.FromResult(Result(history.Deliveries.Exists(delivery => delivery.Id == id)));

    public Task<ReplayResult> ReplayAsync(EndpointId endpoint, ReplayRange range, CancellationToken cancellationToken)
    {
        Ranges.Add(range);
        return Task.FromResult(Result(Known.Contains(endpoint)));
    }

    private ReplayResult Result(bool isKnown) =>
        !isKnown ? new(ReplayStatus.NotFound, 0) : IsDisabled ? new(ReplayStatus.EndpointDisabled, 0) : new(ReplayStatus.Done, 1);
}
