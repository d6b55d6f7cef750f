using FastVlm.Pipeline.Frames;

namespace FastVlm.Pipeline.Sampling;

/// <summary>What to do with a frame.</summary>
public enum SampleVerdict
{
    /// <summary>The next sample is due.</summary>
    Take,

    /// <summary>The next sample is not due yet, but the picture changed.</summary>
    TakeForChange,

    /// <summary>The next sample is due later.</summary>
    NotDue,

    /// <summary>The frame is older than the limit.</summary>
    TooOld,
}

/// <summary>
/// Decides which frames the model sees: at most one per period, none that is too old. It keeps the average rate exact
/// although frames arrive with jitter: a frame up to a quarter of a period early counts as due, and the next one is then
/// due a full period after the schedule, not after the frame. After a gap the first frame is taken and starts a new
/// schedule. A frame that is marked as a scene change is taken besides, and leaves the schedule as it is. Knows no clock
/// and no picture.
/// </summary>
public sealed class FrameSampler
{
    private const double EarlyShareMax = 0.25;

    private readonly TimeSpan period;
    private readonly TimeSpan? frameAgeMax;
    private readonly bool byMediaTime;
    private TimeSpan? due;

    /// <param name="period">Time between samples; zero takes every frame.</param>
    /// <param name="frameAgeMax">Null where frames do not age (recordings).</param>
    /// <param name="byMediaTime">Measure on the recording's own time line instead of on our clock.</param>
    public FrameSampler(TimeSpan period, TimeSpan? frameAgeMax, bool byMediaTime)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(period, TimeSpan.Zero);
        this.period = period;
        this.frameAgeMax = frameAgeMax;
        this.byMediaTime = byMediaTime;
    }

    public SampleVerdict Judge(Frame frame, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (now - frame.CapturedAt > frameAgeMax)
        {
            return SampleVerdict.TooOld;
        }

        var time = byMediaTime && frame.MediaTime is { } mediaTime ? mediaTime : frame.CapturedAt - DateTimeOffset.UnixEpoch;
        if (due is { } dueAt && IsBefore(time, dueAt))
        {
            return frame.IsSceneChange ? SampleVerdict.TakeForChange : SampleVerdict.NotDue;
        }

        // More than a period late (a gap), or back in time (a clock was set, a file loops): the old schedule means nothing.
        var keepsSchedule = due is { } last && (time - last).Duration() < period;
        due = (keepsSchedule ? due!.Value : time) + period;
        return SampleVerdict.Take;
    }

    /// <summary>A time more than two periods before the due one cannot come from a steady clock.</summary>
    private bool IsBefore(TimeSpan time, TimeSpan dueAt) =>
        time < dueAt - (EarlyShareMax * period) && time >= dueAt - (2 * period);
}
