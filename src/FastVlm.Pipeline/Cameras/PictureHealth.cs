using FastVlm.Pipeline.Frames;

namespace FastVlm.Pipeline.Cameras;

/// <summary>What is wrong with pictures that arrive.</summary>
public enum PictureFault
{
    /// <summary>Dark and without structure: a covered lens, a dead sensor.</summary>
    Black,

    /// <summary>The same picture, bit by bit, over and over.</summary>
    Frozen,

    /// <summary>The same few pictures, bit by bit, in a loop.</summary>
    Repeating,
}

/// <summary>A fault and one sentence about it.</summary>
public sealed record PictureProblem(PictureFault Fault, string Reason);

/// <summary>
/// Decides whether a camera that sends frames shows anything. Sensors are noisy, so pictures of a working camera are never
/// bit-identical for long, however still the scene. Fed in the order of capture; one healthy frame ends a fault. Knows no
/// clock: time is the frames' own.
/// </summary>
public sealed class PictureHealth
{
    // One round shows a loop, two more prove it.
    private const int RepeatsMin = 2;

    private readonly ulong[] history = new ulong[Limits.RepeatPeriodFramesMax];

    // [p]: how many frames in a row equalled the one p frames before.
    private readonly int[] matches = new int[Limits.RepeatPeriodFramesMax + 1];
    private readonly DateTimeOffset[] matchSince = new DateTimeOffset[Limits.RepeatPeriodFramesMax + 1];
    private long frameCount;
    private DateTimeOffset? blackSince;

    /// <summary>The fault that the picture has now; null where it is healthy.</summary>
    /// <param name="frame">The newest frame.</param>
    /// <param name="frozenAfter">Time without a changed bit that counts as frozen, or as a loop; zero never.</param>
    /// <param name="mayRepeat">A loop is no fault.</param>
    public PictureProblem? Judge(Frame frame, TimeSpan frozenAfter, bool mayRepeat)
    {
        ArgumentNullException.ThrowIfNull(frame);
        var now = frame.CapturedAt;
        Remember(PictureDigest.Of(frame.Image), now);
        return JudgeFrozen(now, frozenAfter) ?? (mayRepeat ? null : JudgeRepeating(now, frozenAfter)) ?? JudgeBlack(frame.Image, now);
    }

    private void Remember(ulong digest, DateTimeOffset now)
    {
        for (var period = 1; period <= history.Length; period++)
        {
            if (period > frameCount || history[(frameCount - period) % history.Length] != digest)
            {
                matches[period] = 0;
                matchSince[period] = now;
            }
            else
            {
                matches[period]++;
            }
        }

        history[frameCount++ % history.Length] = digest;
    }

    private PictureProblem? JudgeFrozen(DateTimeOffset now, TimeSpan frozenAfter) =>
        frozenAfter > TimeSpan.Zero && matches[1] > 0 && now - matchSince[1] >= frozenAfter
            ? new PictureProblem(
                PictureFault.Frozen, $"The picture has not changed for {frozenAfter.TotalSeconds:0.#} s although frames arrive.")
            : null;

    private PictureProblem? JudgeRepeating(DateTimeOffset now, TimeSpan frozenAfter)
    {
        for (var period = 2; frozenAfter > TimeSpan.Zero && period <= history.Length; period++)
        {
            // The last round must hold two pictures at least, else it is a still one.
            if (matches[period] >= RepeatsMin * period && now - matchSince[period] >= frozenAfter && matches[1] < period - 1)
            {
                return new PictureProblem(
                    PictureFault.Repeating,
                    $"The same {period} pictures come over and over, bit by bit: the camera hangs, or a recording plays in its place; "
                    + "set frozenAfterSeconds to 0 where that is wanted.");
            }
        }

        return null;
    }

    private PictureProblem? JudgeBlack(RgbImage image, DateTimeOffset now)
    {
        blackSince = PictureDigest.IsBlack(image) ? blackSince ?? now : null;
        return now - blackSince >= Limits.BlackAfter
            ? new PictureProblem(
                PictureFault.Black,
                $"The picture has been black for {Limits.BlackAfter.TotalSeconds:0.#} s; check lens, light and the camera's exposure.")
            : null;
    }
}
