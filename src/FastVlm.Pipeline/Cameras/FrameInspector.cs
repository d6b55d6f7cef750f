using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Sampling;

namespace FastVlm.Pipeline.Cameras;

/// <summary>What the inspection of a frame found.</summary>
/// <param name="Frame">The frame, marked where it is a scene change.</param>
/// <param name="Problem">Why nobody should look at it; null where it is healthy.</param>
public readonly record struct Inspection(Frame Frame, PictureProblem? Problem);

/// <summary>
/// Sees every frame of a camera on the feed's own flow, also while the model is busy: tells a bad picture, marks scene
/// changes and keeps the pre-roll. What it looks for can be changed at any time.
/// </summary>
public sealed class FrameInspector
{
    private readonly FrameRing ring = new();
    private PictureHealth health = new();
    private SceneGate gate = new();
    private volatile InspectionOptions options = new();
    private Frame? lookedAt;

    /// <summary>Applies from the next frame on; safe to set from anywhere.</summary>
    public InspectionOptions Options
    {
        get => options;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            options = value;
            ring.Reach = value.PreRoll;
        }
    }

    /// <summary>The last seconds, for evidence.</summary>
    public IPreRoll PreRoll => ring;

    /// <summary>The frame goes to the model: later ones are compared with it. Safe to call from anywhere.</summary>
    public void LookedAt(Frame frame) => Interlocked.Exchange(ref lookedAt, frame);

    /// <summary>The source was opened anew: what came before says nothing about it.</summary>
    internal void Restart()
    {
        health = new PictureHealth();
        gate = new SceneGate();
    }

    internal Inspection Inspect(Frame frame)
    {
        var wanted = options;
        if (wanted.JudgesHealth && health.Judge(frame, wanted.FrozenAfter, wanted.MayRepeat) is { } problem)
        {
            return new Inspection(frame, problem);
        }

        ring.Add(frame);
        return new Inspection(IsSceneChange(frame, wanted) ? frame with { IsSceneChange = true } : frame, null);
    }

    private bool IsSceneChange(Frame frame, InspectionOptions wanted)
    {
        if (wanted.SceneChangeThreshold is not { } threshold)
        {
            return false;
        }

        if (Interlocked.Exchange(ref lookedAt, null) is { } looked)
        {
            gate.LookedAt(looked);
        }

        return gate.IsChange(frame, threshold);
    }
}
