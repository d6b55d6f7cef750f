using System.Collections.Concurrent;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Silo.Simulation;

/// <summary>
/// Sees everything that is stored and checks it against the story: epochs never go back, and each event that was captioned has
/// one incident. Entries of one camera come one at a time.
/// </summary>
internal sealed class SimulationAudit(SimulationPlan plan, SimulatedStory story, SimulatedClock clock)
{
    private readonly AuditedCamera[] cameras = [.. Enumerable.Range(0, plan.Cameras).Select(_ => new AuditedCamera())];
    private readonly DateTimeOffset measuredFrom = clock.Begin + SimulationPlan.WarmUp;
    private readonly ConcurrentDictionary<int, bool> orphans = new();
    private readonly ConcurrentQueue<(int Camera, long Event)> incidents = new();
    private readonly Lock gate = new();
    private readonly List<float> ages = [];
    private DateTimeOffset orphanedAt;
    private long captions;
    private long cleared;
    private long lost;
    private long superfluous;
    private long overlaps;

    public long Captions => Interlocked.Read(ref captions);

    public long Cleared => Interlocked.Read(ref cleared);

    /// <summary>Events that were captioned without an incident being open.</summary>
    public long Lost => Interlocked.Read(ref lost);

    /// <summary>Incidents that no event caused, or that were a second one of an event.</summary>
    public long Superfluous => Interlocked.Read(ref superfluous);

    /// <summary>Captions of a feed after one of a newer feed.</summary>
    public long Overlaps => Interlocked.Read(ref overlaps);

    /// <summary>Camera and event of every incident, in order.</summary>
    public IReadOnlyList<(int Camera, long Event)> Incidents => [.. incidents.Order()];

    public IReadOnlyList<long> CaptionsPerCamera => [.. cameras.Select(camera => camera.Captions).Order()];

    /// <summary>Of cameras whose node has died and that have no new caption.</summary>
    public int Orphans => orphans.Count;

    /// <summary>Ends when every camera of the dead node has a caption of a frame after its death.</summary>
    public TaskCompletionSource<DateTimeOffset> Recovered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<double> Ages()
    {
        lock (gate)
        {
            return [.. ages.Order().Select(age => (double)age)];
        }
    }

    public void Orphan(IEnumerable<int> ofDeadNode, DateTimeOffset now)
    {
        orphanedAt = now;
        foreach (var camera in ofDeadNode)
        {
            orphans[camera] = true;
        }
    }

    public void Stored(int number, StageEntry entry, bool wasOpen)
    {
        var opened = entry.Changes.Count(change => change is { Kind: IncidentChangeKind.Opened, Incident.Kind: IncidentKind.Rule });
        Interlocked.Add(ref cleared, entry.Changes.Count(change => change.Kind == IncidentChangeKind.Cleared));
        if (entry.Caption is { } caption)
        {
            Take(number, caption, entry.Fence?.FeedEpoch ?? 0);
            Judge(number, story.EventAt(number, caption.Stamps.CapturedAt), opened, wasOpen);
        }
        else
        {
            Interlocked.Add(ref superfluous, opened);
        }
    }

    private void Take(int number, CaptionRecord caption, long feedEpoch)
    {
        var camera = cameras[number];
        if (feedEpoch < camera.FeedEpoch)
        {
            Interlocked.Increment(ref overlaps);
        }

        camera.FeedEpoch = Math.Max(camera.FeedEpoch, feedEpoch);
        if (caption.Stamps.CapturedAt >= measuredFrom)
        {
            camera.Captions++;
            Interlocked.Increment(ref captions);
            lock (gate)
            {
                ages.Add((float)caption.FrameAge.TotalSeconds);
            }
        }

        if (!orphans.IsEmpty && caption.Stamps.CapturedAt > orphanedAt && orphans.TryRemove(number, out _) && orphans.IsEmpty)
        {
            Recovered.TrySetResult(clock.Now);
        }
    }

    private void Judge(int number, long? shown, int opened, bool wasOpen)
    {
        var camera = cameras[number];
        if (shown is not { } event_)
        {
            Interlocked.Add(ref superfluous, opened);
            return;
        }

        if (opened == 0 && !wasOpen)
        {
            Interlocked.Increment(ref lost);
        }

        for (var i = 0; i < opened; i++)
        {
            if (i > 0 || camera.LastEvent == event_)
            {
                Interlocked.Increment(ref superfluous);
            }

            incidents.Enqueue((number, event_));
            camera.LastEvent = event_;
        }
    }

    private sealed class AuditedCamera
    {
        public long Captions { get; set; }

        public long FeedEpoch { get; set; }

        /// <summary>The last event that opened an incident.</summary>
        public long LastEvent { get; set; } = -1;
    }
}
