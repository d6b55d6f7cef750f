namespace FastVlm.Grains.Live;

/// <summary>
/// Which streams no longer reach this node: those that took a pulse of its own and brought none back for a while. Time is an
/// argument; safe for concurrent use.
/// </summary>
public sealed class RelayWatch
{
    private readonly Lock gate = new();

    // Since when a pulse is out, per stream; null when the last one came back.
    private readonly TimeSpan?[] outSince = new TimeSpan?[ClusterLimits.LivePartitions];

    /// <summary>The stream took a pulse.</summary>
    public void Sent(int partition, TimeSpan now)
    {
        lock (gate)
        {
            outSince[partition] ??= now;
        }
    }

    /// <summary>A pulse came back: this one or an earlier one, the stream reaches us.</summary>
    public void Seen(int partition)
    {
        lock (gate)
        {
            outSince[partition] = null;
        }
    }

    /// <summary>The silent streams, each once: they are listened to anew and get the whole time again.</summary>
    public IReadOnlyList<int> TakeSilent(TimeSpan now)
    {
        lock (gate)
        {
            var silent = Enumerable.Range(0, outSince.Length)
                .Where(p => outSince[p] is { } since && now - since >= ClusterLimits.LiveSilentAfter).ToArray();
            foreach (var partition in silent)
            {
                outSince[partition] = null;
            }

            return silent;
        }
    }
}
