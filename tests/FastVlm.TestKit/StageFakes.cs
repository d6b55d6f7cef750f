using System.Collections.Concurrent;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Live;
using FastVlm.Pipeline.Storage;

namespace FastVlm.TestKit;

/// <summary>A journal in memory, which fails while the test says so and counts the tries.</summary>
public sealed class MemoryJournal : IStageJournal
{
    private volatile Exception? failure;
    private TaskCompletionSource? held;
    private int attempts;

    /// <summary>What was stored, in order.</summary>
    public Collector<StageEntry> Entries { get; } = new("journal entries");

    public IReadOnlyList<IncidentChange> Changes => [.. Entries.Items.SelectMany(entry => entry.Changes)];

    public IReadOnlyList<Delivery> Deliveries => [.. Entries.Items.SelectMany(entry => entry.Deliveries)];

    /// <summary>Calls so far, failed ones included.</summary>
    public int Attempts => Volatile.Read(ref attempts);

    /// <summary>Every call fails from now on; null heals it. <see cref="StorageException"/> is the expected failure.</summary>
    public void Fail(Exception? with) => failure = with;

    /// <summary>Calls wait from now on until <see cref="Release"/>.</summary>
    public void Hold() => held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => held?.TrySetResult();

    public async Task AppendAsync(StageEntry entry, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref attempts);
        if (held is { } wait)
        {
            await wait.Task.WaitAsync(cancellationToken);
        }

        if (failure is { } broken)
        {
            throw broken;
        }

        Entries.Add(entry);
    }
}

/// <summary>A live feed that keeps everything.</summary>
public sealed class FakeFeed : ILiveFeed
{
    public Collector<LiveEvent> Events { get; } = new("live events");

    public void Publish(LiveEvent liveEvent) => Events.Add(liveEvent);
}

/// <summary>Writes the picture's size and first bytes instead of a JPEG; fails while the test says so.</summary>
public sealed class FakePictureEncoder : IPictureEncoder
{
    public Exception? Failure { get; set; }

    public ConcurrentQueue<RgbImage> Encoded { get; } = new();

    public byte[] EncodeJpeg(RgbImage image, int quality)
    {
        ArgumentNullException.ThrowIfNull(image);
        Encoded.Enqueue(image);
        return Failure is { } failure
            ? throw failure
            : [0xFF, 0xD8, (byte)image.WidthPx, (byte)image.HeightPx, .. image.Pixels.AsSpan(0, 3), (byte)quality, 0xFF, 0xD9];
    }
}

/// <summary>Frames that the test says came before.</summary>
public sealed class FakePreRoll(params Frame[] frames) : IPreRoll
{
    public IReadOnlyList<Frame> Before(Frame frame) => frames;
}

/// <summary>One delivery to one endpoint for each opening, telling and clearing.</summary>
public sealed class FakePlanner : IDeliveryPlanner
{
    public static readonly Pipeline.EndpointId Endpoint = new("ep_test");

    public IReadOnlyList<Delivery> Plan(IncidentChange change, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(change);
        return change.Kind is IncidentChangeKind.Opened or IncidentChangeKind.Told or IncidentChangeKind.Cleared
            ? [
                new Delivery
                {
                    Id = Pipeline.DeliveryId.New(now),
                    EndpointId = Endpoint,
                    IncidentId = change.Incident.Id,
                    EventType = change.Kind == IncidentChangeKind.Cleared ? "incident.cleared" : "incident.opened",
                    Payload = "{}",
                    CreatedAt = now,
                    NextAttemptAt = now,
                },
            ]
            : [];
    }
}
