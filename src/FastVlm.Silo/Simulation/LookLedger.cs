using FastVlm.Pipeline.Captions;

namespace FastVlm.Silo.Simulation;

/// <summary>
/// Knows of every camera's look where it is, so that the clock goes on only when nothing is to be done any more at the present
/// moment. What makes no progress (its node is dead, or it waits for simulated time) can be excused. Safe for concurrent use.
/// </summary>
internal sealed class LookLedger(int cameras)
{
    private readonly Entry[] entries = [.. Enumerable.Range(0, cameras).Select(_ => new Entry())];
    private long moving;
    private long captioning;
    private long progress;

    private enum Place
    {
        Nowhere,
        AtDevices,
        AtRules,
    }

    /// <summary>Looks on their way from camera to device, or from device to journal.</summary>
    public long Moving => Interlocked.Read(ref moving);

    /// <summary>Looks that were handed to the devices and are not answered.</summary>
    public long Captioning => Interlocked.Read(ref captioning);

    /// <summary>Grows whenever any look gets on.</summary>
    public long Progress => Interlocked.Read(ref progress);

    /// <summary>A feed opened the camera: what an earlier one was at is over.</summary>
    public void Opened(int camera) => Change(camera, (Place.Nowhere, false));

    public void Captured(int camera) => Change(camera, (null, true));

    public void Began(int camera) => Change(camera, (Place.AtDevices, false));

    public void Answered(int camera, bool isCaption) => Change(camera, (isCaption ? Place.AtRules : Place.Nowhere, null));

    public void Stored(int camera) => Change(camera, (Place.Nowhere, null));

    /// <summary>Whatever is under way now is not waited for; each look is again once it gets on.</summary>
    /// <returns>How many.</returns>
    public int Excuse()
    {
        var excused = 0;
        foreach (var entry in entries)
        {
            lock (entry)
            {
                var (before, at) = (entry.IsMoving, entry.IsCaptioning);
                entry.IsExcused = true;
                excused += before || at ? 1 : 0;
                Count(before, at, entry);
            }
        }

        return excused;
    }

    private void Change(int camera, (Place? Place, bool? Waits) next)
    {
        var entry = entries[camera];
        lock (entry)
        {
            var (before, at) = (entry.IsMoving, entry.IsCaptioning);
            entry.Place = next.Place ?? entry.Place;
            entry.Waits = next.Waits ?? entry.Waits;
            entry.IsExcused = false;
            Count(before, at, entry);
        }

        Interlocked.Increment(ref progress);
    }

    private void Count(bool wasMoving, bool wasCaptioning, Entry entry)
    {
        if (wasMoving != entry.IsMoving)
        {
            Interlocked.Add(ref moving, wasMoving ? -1 : 1);
        }

        if (wasCaptioning != entry.IsCaptioning)
        {
            Interlocked.Add(ref captioning, wasCaptioning ? -1 : 1);
        }
    }

    private sealed class Entry
    {
        public Place Place { get; set; }

        /// <summary>A newer frame waits; it is taken once the camera's look before it is done.</summary>
        public bool Waits { get; set; }

        public bool IsExcused { get; set; }

        public bool IsMoving => !IsExcused && (Place == Place.AtRules || (Place == Place.Nowhere && Waits));

        public bool IsCaptioning => !IsExcused && Place == Place.AtDevices;
    }
}

/// <summary>Tells the ledger of the looks that a node hands to the devices.</summary>
internal sealed class WatchedCaptioner(ICaptioner devices, LookLedger ledger, Func<bool> isDead) : ICaptioner
{
    public async Task<CaptionOutcome> CaptionAsync(CaptionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var camera = SimulatedStory.NumberOf(request.Frame.CameraId);
        ledger.Began(camera);
        CaptionOutcome? outcome = null;
        try
        {
            outcome = await devices.CaptionAsync(request, cancellationToken);
            return outcome;
        }
        finally
        {
            if (!isDead())
            {
                ledger.Answered(camera, outcome is Caption);
            }
        }
    }
}
