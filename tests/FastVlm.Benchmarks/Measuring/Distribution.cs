namespace FastVlm.Benchmarks.Measuring;

/// <summary>Durations as they were measured, every one of them. Safe for concurrent use while it is filled.</summary>
internal sealed class Distribution
{
    private readonly Lock _lock = new();
    private readonly List<double> _milliseconds = [];

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _milliseconds.Count;
            }
        }
    }

    public void Add(TimeSpan duration)
    {
        lock (_lock)
        {
            _milliseconds.Add(duration.TotalMilliseconds);
        }
    }

    /// <summary>Milliseconds; NaN where nothing was measured.</summary>
    public Quantiles Read()
    {
        lock (_lock)
        {
            var sorted = _milliseconds.Order().ToList();
            return new Quantiles(sorted.Count, At(sorted, 0.5), At(sorted, 0.95), At(sorted, 0.99), At(sorted, 1));
        }
    }

    // Nearest rank: a value that was measured, not one between two.
    private static double At(List<double> sorted, double share) =>
        sorted.Count == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Count) - 1, 0, sorted.Count - 1)];
}

/// <summary>Milliseconds.</summary>
internal sealed record Quantiles(int Count, double P50, double P95, double P99, double Max);
