using System.Text;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Live;
using Orleans.Streams;

namespace FastVlm.Grains.Live;

/// <summary>The streams that carry live events: by camera, so that each camera's events keep their order.</summary>
public static class LiveStreams
{
    /// <summary>The name of the stream provider.</summary>
    public const string Provider = "live";

    private const string Namespace = "fastvlm.live";

    public static StreamId IdOf(int partition) =>
        StreamId.Create(Namespace, partition.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The same on every node and in every version that shares a cluster.</summary>
    public static int PartitionOf(LiveEvent liveEvent)
    {
        ArgumentNullException.ThrowIfNull(liveEvent);
        return liveEvent.CameraId is { } camera ? PartitionOf(camera) : 0;
    }

    internal static IAsyncStream<LiveBatchWire> Get(IStreamProvider provider, int partition) =>
        provider.GetStream<LiveBatchWire>(IdOf(partition));

    // FNV-1a: string.GetHashCode differs from process to process.
    private static int PartitionOf(CameraId camera)
    {
        var hash = 2166136261;
        foreach (var value in Encoding.UTF8.GetBytes(camera.Value))
        {
            hash = (hash ^ value) * 16777619;
        }

        return (int)(hash % ClusterLimits.LivePartitions);
    }
}
