namespace FastVlm.Pipeline;

/// <summary>
/// Decides how long to wait before the next try: each wait doubles the one before up to a longest one, and is shortened
/// at random so that many clients of one failed switch or server do not return in step. Knows no clock and never ends.
/// </summary>
public sealed class RetrySchedule
{
    private readonly TimeSpan first;
    private readonly TimeSpan max;
    private readonly double jitter;
    private readonly Random random;
    private TimeSpan next;

    /// <param name="first">Wait before the second try.</param>
    /// <param name="max">Longest wait.</param>
    /// <param name="jitter">Largest share, 0 to 1, by which a wait is shortened.</param>
    /// <param name="random">Chance, so that tests can know it.</param>
    public RetrySchedule(TimeSpan first, TimeSpan max, double jitter, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(first, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, first);
        ArgumentOutOfRangeException.ThrowIfLessThan(jitter, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(jitter, 1);
        this.first = first;
        this.max = max;
        this.jitter = jitter;
        this.random = random;
        next = first;
    }

    /// <summary>The wait before the next try.</summary>
    public TimeSpan Next()
    {
        var wait = next * (1 - (jitter * random.NextDouble()));
        next = next * 2 < max ? next * 2 : max;
        return wait;
    }

    /// <summary>The tries succeeded: the next failure starts with the first wait again.</summary>
    public void Reset() => next = first;
}
