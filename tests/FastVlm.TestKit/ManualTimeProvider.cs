namespace FastVlm.TestKit;

/// <summary>
/// A clock that stands still until the test advances it. Timers fire on the advancing thread, in the order of their due
/// times. <see cref="Timers"/> tells when code under test has begun to wait, so that a test never advances too early.
/// </summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<ManualTimer> active = [];
    private DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The due time from now of each timer at the moment it was armed.</summary>
    public Collector<TimeSpan> Timers { get; } = new("armed timers");

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            return now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public void Advance(TimeSpan time)
    {
        var end = GetUtcNow() + time;
        while (TakeDue(end) is { } timer)
        {
            timer.Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private ManualTimer? TakeDue(DateTimeOffset end)
    {
        lock (gate)
        {
            var timer = active.Where(t => t.DueAt <= end).MinBy(t => t.DueAt);
            now = timer?.DueAt > now ? timer.DueAt : timer is null ? end : now;
            if (timer is { Period: var period } && period > TimeSpan.Zero)
            {
                timer.DueAt += period;
            }
            else if (timer is not null)
            {
                active.Remove(timer);
            }

            return timer;
        }
    }

    private sealed class ManualTimer(ManualTimeProvider owner, Action callback) : ITimer
    {
        public DateTimeOffset DueAt { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner.gate)
            {
                owner.active.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan)
                {
                    return true;
                }

                DueAt = owner.now + dueTime;
                Period = period;
                owner.active.Add(this);
            }

            owner.Timers.Add(dueTime);
            return true;
        }

        public void Dispose()
        {
            lock (owner.gate)
            {
                owner.active.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
