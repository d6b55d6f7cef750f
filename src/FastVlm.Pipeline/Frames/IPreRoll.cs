namespace FastVlm.Pipeline.Frames;

/// <summary>The last seconds of a camera, for evidence.</summary>
public interface IPreRoll
{
    /// <summary>Kept frames captured before <paramref name="frame"/>, oldest first, thinned to a few.</summary>
    IReadOnlyList<Frame> Before(Frame frame);
}
