namespace FastVlm.Pipeline.Frames;

/// <summary>
/// Reads one source once: the sequence ends when the source ends and throws <see cref="FailureException"/> when it
/// fails. It never retries (the feed that owns it does) and leaves no process behind when enumeration stops.
/// </summary>
public interface IFrameSource
{
    IAsyncEnumerable<Frame> ReadAsync(CancellationToken cancellationToken);
}
