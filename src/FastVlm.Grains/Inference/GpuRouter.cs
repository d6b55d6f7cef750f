namespace FastVlm.Grains.Inference;

/// <summary>A device that could be asked.</summary>
/// <param name="Key"><c>node/device</c>.</param>
/// <param name="IsLocal">It is this node's: nothing is copied.</param>
public sealed record RoutedDevice(string Key, bool IsLocal);

/// <summary>
/// Decides which device a frame goes to: the one where the answer is expected first, by the looks that wait there and the time
/// that a look has taken lately; the own node's where that makes little difference. A device that failed rests for a while.
/// Knows nothing of frames or grains; not safe for concurrent use.
/// </summary>
public sealed class GpuRouter
{
    // Weight of the newest look in the mean: ten looks make a change known.
    private const double Smoothing = 0.2;

    private readonly Dictionary<string, State> states = new(StringComparer.Ordinal);

    public IEnumerable<RoutedDevice> Devices => states.Values.Select(state => state.Device);

    /// <summary>These are there now; what is known of those that stay is kept.</summary>
    public void Update(IReadOnlyCollection<RoutedDevice> present)
    {
        ArgumentNullException.ThrowIfNull(present);
        foreach (var gone in states.Keys.Except(present.Select(device => device.Key)).ToList())
        {
            states.Remove(gone);
        }

        foreach (var device in present)
        {
            states.TryAdd(device.Key, new State(device));
        }
    }

    /// <summary>Chooses, and counts the look as under way until <see cref="Answered"/> or <see cref="Failed"/>.</summary>
    /// <param name="tried">Not these: they were asked about the frame already.</param>
    /// <param name="now">The time.</param>
    /// <returns>Null where there is none left.</returns>
    public RoutedDevice? Choose(IReadOnlyCollection<string> tried, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(tried);
        var candidates = states.Values.Where(state => !tried.Contains(state.Device.Key)).ToList();
        var rested = candidates.Where(state => state.RestsUntil <= now).ToList();
        var chosen = (rested.Count > 0 ? rested : candidates).MinBy(state => CostOf(state, now));
        if (chosen is not null)
        {
            chosen.InFlight++;
        }

        return chosen?.Device;
    }

    /// <summary>A device has answered.</summary>
    /// <param name="key">The device.</param>
    /// <param name="lookTime">What the look took there, without waiting; null where none was made.</param>
    /// <param name="waiting">Looks that wait there now.</param>
    /// <param name="now">The time.</param>
    public void Answered(string key, TimeSpan? lookTime, int waiting, DateTimeOffset now)
    {
        if (!states.TryGetValue(key, out var state))
        {
            return;
        }

        state.InFlight = Math.Max(0, state.InFlight - 1);
        (state.Waiting, state.ToldAt) = (waiting, now);
        if (lookTime is { } time)
        {
            state.LookTime = state.LookTimeAt(now) is { } known ? known + ((time - known) * Smoothing) : time;
            state.LookedAt = now;
        }
    }

    /// <summary>A device could not be asked, or takes no more.</summary>
    public void Failed(string key, DateTimeOffset now)
    {
        if (states.TryGetValue(key, out var state))
        {
            state.InFlight = Math.Max(0, state.InFlight - 1);
            state.RestsUntil = now + ClusterLimits.DeviceRestsFor;
        }
    }

    /// <summary>The caller gave up before the answer came.</summary>
    public void Abandoned(string key)
    {
        if (states.TryGetValue(key, out var state))
        {
            state.InFlight = Math.Max(0, state.InFlight - 1);
        }
    }

    /// <summary>Time until the answer, as far as can be told.</summary>
    private double CostOf(State state, DateTimeOffset now)
    {
        // What we have sent is not all: others ask, too. What the device said is old after a while.
        var told = now - state.ToldAt <= ClusterLimits.LoadFreshFor ? state.Waiting : 0;
        var ahead = Math.Max(state.InFlight, told);
        var cost = (ahead + 1) * (state.LookTimeAt(now) ?? MeanLookTime(now)).TotalSeconds;
        return state.Device.IsLocal ? cost / ClusterLimits.LocalPreference : cost;
    }

    private TimeSpan MeanLookTime(DateTimeOffset now)
    {
        var known = states.Values.Select(state => state.LookTimeAt(now)).OfType<TimeSpan>().ToList();
        return known.Count == 0 ? ClusterLimits.LookTimeGuess : TimeSpan.FromSeconds(known.Average(time => time.TotalSeconds));
    }

    private sealed class State(RoutedDevice device)
    {
        public RoutedDevice Device { get; } = device;

        public int InFlight { get; set; }

        public int Waiting { get; set; }

        public DateTimeOffset ToldAt { get; set; } = DateTimeOffset.MinValue;

        public TimeSpan? LookTime { get; set; }

        public DateTimeOffset LookedAt { get; set; } = DateTimeOffset.MinValue;

        public DateTimeOffset RestsUntil { get; set; } = DateTimeOffset.MinValue;

        /// <summary>Null where it is not known, or was so long ago that only another look can tell.</summary>
        public TimeSpan? LookTimeAt(DateTimeOffset now) => now - LookedAt <= ClusterLimits.LookTimeFreshFor ? LookTime : null;
    }
}
