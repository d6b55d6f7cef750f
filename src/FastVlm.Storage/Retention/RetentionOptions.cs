namespace FastVlm.Storage;

/// <summary>How long what is kept. Open incidents and pending deliveries are kept whatever their age.</summary>
public sealed record RetentionOptions
{
    /// <summary>A week: what a back-test of a rule looks at ("would have fired 3 times last week").</summary>
    public TimeSpan Captions { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Newest captions kept at most; about 1 GB per two million with their search index (docs/storage.md).</summary>
    public long CaptionsMax { get; init; } = 5_000_000;

    /// <summary>A month: complaints and audits come weeks later, and pictures are what fills the disk.</summary>
    public TimeSpan Pictures { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Pictures kept at most, bytes, oldest removed first: a rule that fires all day must not fill the disk.</summary>
    public long PictureBytesMax { get; init; } = 20L * 1024 * 1024 * 1024;

    /// <summary>A year after they were cleared: the record without its pictures is small, and verdicts are worth keeping.</summary>
    public TimeSpan Incidents { get; init; } = TimeSpan.FromDays(365);

    /// <summary>A month: long enough to see what a receiver was sent, and when.</summary>
    public TimeSpan Deliveries { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Between two sweeps. Longer makes each one longer.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(10);
}
