namespace FastVlm.Silo.Simulation;

/// <summary>
/// The time of a simulation. It stands still until it is advanced, which fires what is due, in order, on the caller's thread.
/// Devices work ahead up to the end of the present step and are held there.
/// </summary>
internal sealed class SimulatedClock(DateTimeOffset begin)
{
    private readonly Lock gate = new();
    private readonly PriorityQueue<Due, (long At, long Number)> due = new();

    // A monitor, because threads of devices wait for it.
    private readonly object limitGate = new();
    private long nowTicks = begin.UtcTicks;
    private long limitTicks = begin.UtcTicks;
    private long number;

    public DateTimeOffset Begin => begin;

    public DateTimeOffset Now => new(Interlocked.Read(ref nowTicks), TimeSpan.Zero);

    /// <summary>Up to where devices may work.</summary>
    public DateTimeOffset Limit => new(Interlocked.Read(ref limitTicks), TimeSpan.Zero);

    public void AdvanceTo(DateTimeOffset end)
    {
        lock (limitGate)
        {
            Interlocked.Exchange(ref limitTicks, end.UtcTicks);
            Monitor.PulseAll(limitGate);
        }

        while (TakeDue(end.UtcTicks) is { } timer)
        {
            timer.Fire();
        }
    }

    /// <summary>Holds the calling thread until the step with this moment has begun.</summary>
    public void HoldUntil(DateTimeOffset moment, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.Register(Wake);
        lock (limitGate)
        {
            while (limitTicks < moment.UtcTicks && !cancellationToken.IsCancellationRequested)
            {
                Monitor.Wait(limitGate);
            }
        }
    }

    internal void Add(NodeClock.NodeTimer timer, TimeSpan dueTime, long version)
    {
        lock (gate)
        {
            var at = nowTicks + dueTime.Ticks;
            due.Enqueue(new Due(timer, version), (at, ++number));
        }
    }

    private void Wake()
    {
        lock (limitGate)
        {
            Monitor.PulseAll(limitGate);
        }
    }

    private Due? TakeDue(long endTicks)
    {
        lock (gate)
        {
            // Timers that were changed or disposed of stay until their time has come.
            while (due.TryPeek(out _, out var next) && next.At <= endTicks)
            {
                var timer = due.Dequeue();
                if (timer.IsPresent)
                {
                    Interlocked.Exchange(ref nowTicks, Math.Max(nowTicks, next.At));
                    return timer;
                }
            }

            Interlocked.Exchange(ref nowTicks, endTicks);
            return null;
        }
    }

    private sealed record Due(NodeClock.NodeTimer Timer, long Version)
    {
        public bool IsPresent => Timer.Version == Version;

        public void Fire() => Timer.Fire(Version);
    }
}

/// <summary>The time of one simulated node: it stands still for ever once the node is dead.</summary>
internal sealed class NodeClock(SimulatedClock clock) : TimeProvider
{
    private volatile bool isStopped;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Stop() => isStopped = true;

    public override DateTimeOffset GetUtcNow() => clock.Now;

    public override long GetTimestamp() => clock.Now.UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new NodeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    internal sealed class NodeTimer(NodeClock owner, TimerCallback callback, object? state) : ITimer
    {
        private readonly SimulatedClock clock = owner.Source;
        private long version;
        private TimeSpan period;

        /// <summary>Counts changes, so that an earlier due time is passed over.</summary>
        public long Version => Interlocked.Read(ref version);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var next = Interlocked.Increment(ref version);
            this.period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                clock.Add(this, dueTime, next);
            }

            return true;
        }

        public void Fire(long fired)
        {
            if (owner.isStopped)
            {
                return;
            }

            if (period > TimeSpan.Zero)
            {
                clock.Add(this, period, fired);
            }

            callback(state);
        }

        public void Dispose() => Interlocked.Increment(ref version);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private SimulatedClock Source => clock;
}
