using FastVlm.Pipeline.Frames;

namespace FastVlm.Pipeline.Sampling;

/// <summary>
/// Decides whether something happens in a picture: whether a part of it differs, by more than it usually does, from the
/// picture that was last looked at. It learns what is usual for each part within the first seconds: a running belt or a
/// flickering lamp is usual, something that falls beside the belt is not. Light that changes everywhere alike, noise, and
/// slow changes are no events. Fed in the order of capture; knows no clock: time is the frames' own.
/// </summary>
/// <remarks>
/// Requirements: quick to see the unusual, slow to forget the usual. Method: (1) brightness of 32 × 18 cells; (2) its
/// difference from the reference, less the median difference, which is what changed everywhere; (3) less what the cell has
/// learned; (4) the mean over the most changed 2 × 2 cells.
/// </remarks>
public sealed class SceneGate
{
    private float[]? reference;
    private readonly float[] usual = new float[LumaGrid.Cells];
    private readonly float[] difference = new float[LumaGrid.Cells];
    private readonly float[] scratch = new float[LumaGrid.Cells];
    private DateTimeOffset? learningUntil;
    private DateTimeOffset lastAt;
    private DateTimeOffset? lastChangeAt;

    /// <summary>The change that the last judged frame showed, 0 to 1.</summary>
    public double LastChange { get; private set; }

    /// <summary>The picture that later ones are compared with.</summary>
    public void LookedAt(Frame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        reference = LumaGrid.Of(frame.Image);
    }

    /// <summary>True for the first frame of a change; the frames after it are compared with it.</summary>
    /// <param name="frame">The newest frame.</param>
    /// <param name="threshold">Change of brightness, 0 to 1, that counts.</param>
    public bool IsChange(Frame frame, double threshold)
    {
        ArgumentNullException.ThrowIfNull(frame);
        var now = frame.CapturedAt;
        var grid = LumaGrid.Of(frame.Image);
        reference ??= grid;
        learningUntil ??= now + Limits.SceneLearning;
        Compare(grid);
        LastChange = MostChangedPart();
        var elapsed = now > lastAt && lastAt != default ? now - lastAt : TimeSpan.Zero;
        lastAt = now;
        Learn(elapsed);
        if (now < learningUntil || LastChange < threshold || (now - lastChangeAt)?.Duration() < Limits.SceneChangePeriodMin)
        {
            return false;
        }

        lastChangeAt = now;
        reference = grid;
        return true;
    }

    private void Compare(float[] grid)
    {
        for (var i = 0; i < grid.Length; i++)
        {
            difference[i] = scratch[i] = grid[i] - reference![i];
        }

        Array.Sort(scratch);
        var everywhere = scratch[scratch.Length / 2];
        for (var i = 0; i < grid.Length; i++)
        {
            difference[i] = Math.Abs(difference[i] - everywhere);
        }
    }

    private double MostChangedPart()
    {
        var most = 0f;
        for (var row = 0; row + 1 < LumaGrid.Rows; row++)
        {
            for (var column = 0; column + 1 < LumaGrid.Columns; column++)
            {
                var at = (row * LumaGrid.Columns) + column;
                most = Math.Max(most, Excess(at) + Excess(at + 1) + Excess(at + LumaGrid.Columns) + Excess(at + LumaGrid.Columns + 1));
            }
        }

        return most / 4;
    }

    private float Excess(int cell) => Math.Max(0, difference[cell] - usual[cell]);

    private void Learn(TimeSpan elapsed)
    {
        var quick = (float)(1 - Math.Exp(-elapsed / Limits.SceneLearnTime));
        var slow = (float)Math.Exp(-elapsed / Limits.SceneForgetTime);
        for (var i = 0; i < usual.Length; i++)
        {
            usual[i] = difference[i] > usual[i] ? usual[i] + ((difference[i] - usual[i]) * quick) : usual[i] * slow;
        }
    }
}
