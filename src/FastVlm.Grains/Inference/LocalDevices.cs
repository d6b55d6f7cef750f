using FastVlm.Grains.Placement;
using FastVlm.Grains.Wire;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Inference;
using FastVlm.Pipeline.Live;

namespace FastVlm.Grains.Inference;

/// <summary>One device of this node, as the grains see it: what arrives is read here, off their turns.</summary>
/// <param name="name">E.g. "cpu0" or "gpu1".</param>
/// <param name="model">What runs on it.</param>
/// <param name="worker">Owns the model; started and stopped by the host.</param>
/// <param name="parts">What all devices of the node share.</param>
public sealed class LocalDevice(string name, ModelCard model, InferenceWorker worker, DeviceParts parts)
{
    private long answered;

    public string Name => name;

    /// <summary>With the figures of its last looks.</summary>
    public ModelCard Model => model with { Figures = worker.Figures?.Read() };

    public LoadWire Load => new(worker.QueueLength);

    /// <summary>Frames that it was asked about and has answered.</summary>
    public long AnsweredCount => Interlocked.Read(ref answered);

    public async Task<AnswerWire> AskAsync(AskWire ask, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ask);
        var now = parts.TimeProvider.GetUtcNow();

        Frame frame;
        try
        {
            // A frame of this node is at hand; one of another node is decoded on the pool's threads, not on the grain's.
            frame = ask.Frame.Format == PictureFormat.Rgb
                ? ask.Frame.ToFrame(now, parts.Decoder)
                : await Task.Run(() => ask.Frame.ToFrame(now, parts.Decoder), cancellationToken);
        }
        catch (FailureException unreadable)
        {
            return AnswerWire.Unreadable(unreadable, Load);
        }

        var outcome = await worker.CaptionAsync(ask.ToRequest(frame, now, text => Tell(frame, text)), cancellationToken);
        Interlocked.Increment(ref answered);
        return AnswerWire.Of(outcome, Load);
    }

    private void Tell(Frame frame, string text) =>
        parts.Live.Publish(new CaptionTextEvent(frame.Index, text) { CameraId = frame.CameraId });
}

/// <summary>What the devices of a node share.</summary>
public sealed record DeviceParts(IPictureDecoder Decoder, ILiveFeed Live, TimeProvider TimeProvider);

/// <summary>The devices of this node. Filled by the host before the node joins; then read only.</summary>
public sealed class LocalDevices(IEnumerable<LocalDevice> devices)
{
    private readonly Dictionary<string, LocalDevice> byName = devices.ToDictionary(device => device.Name, StringComparer.Ordinal);
    private long refused;

    public IReadOnlyCollection<LocalDevice> All => byName.Values;

    /// <summary>Grains that were activated here and belong elsewhere. Anything but 0 is a defect of placement.</summary>
    public long RefusedCount => Interlocked.Read(ref refused);

    /// <exception cref="WrongNodeException">It is not this node's.</exception>
    internal LocalDevice Require(string siloName, string key)
    {
        if (NodeKey.NameOf(key) == siloName && NodeKey.DeviceOf(key) is { } name && byName.TryGetValue(name, out var device))
        {
            return device;
        }

        Interlocked.Increment(ref refused);
        throw new WrongNodeException($"Device '{key}' is not one of node '{siloName}'.");
    }
}
