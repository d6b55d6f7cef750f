using System.Diagnostics;

namespace FastVlm.Silo.Simulation;

/// <summary>What this process has used so far.</summary>
internal sealed record SimulationMeter(
    long Timestamp, TimeSpan Processor, long AllocatedBytes, (long Messages, long Bytes) Sent, long Entries, long SubscriberEvents)
{
    public static SimulationMeter Read(OrleansMeter messages, long entries, long subscriberEvents) => new(
        Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(), messages.Read(), entries, subscriberEvents);

    public SimulationMeter Since(SimulationMeter begin) => new(
        Timestamp - begin.Timestamp,
        Processor - begin.Processor,
        AllocatedBytes - begin.AllocatedBytes,
        (Sent.Messages - begin.Sent.Messages, Sent.Bytes - begin.Sent.Bytes),
        Entries - begin.Entries,
        SubscriberEvents - begin.SubscriberEvents);

    public TimeSpan Elapsed => TimeSpan.FromSeconds((double)Timestamp / Stopwatch.Frequency);
}
