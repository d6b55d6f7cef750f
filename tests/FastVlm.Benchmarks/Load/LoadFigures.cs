using FastVlm.Benchmarks.Measuring;

namespace FastVlm.Benchmarks.Load;

/// <summary>What a load run measured.</summary>
internal sealed record LoadFigures
{
    public required LoadPlan Plan { get; init; }

    /// <summary>The platform runs, without a camera.</summary>
    public required ProcessMeter Empty { get; init; }

    public required ProcessMeter Begin { get; init; }

    public required ProcessMeter End { get; init; }

    /// <summary>Each second's.</summary>
    public required IReadOnlyList<ProcessMeter> Samples { get; init; }

    public required FrameCounts Frames { get; init; }

    public required LoadObserver Observer { get; init; }

    /// <summary>Bytes and messages that all browsers got while it was measured.</summary>
    public required (long Bytes, long Messages) Watched { get; init; }

    /// <summary>Of all browsers and the measuring one.</summary>
    public required int LostConnections { get; init; }

    /// <summary>Processor time of everything else on the machine.</summary>
    public required TimeSpan OtherProcessor { get; init; }

    public required long DataBytes { get; init; }

    public required long DatabaseBytes { get; init; }

    public TimeSpan Elapsed => System.Diagnostics.Stopwatch.GetElapsedTime(Begin.Timestamp, End.Timestamp);
}
