using System.Diagnostics.Metrics;

namespace FastVlm.Silo.Simulation;

/// <summary>Counts Orleans' messages between nodes of this process.</summary>
internal sealed class OrleansMeter : IDisposable
{
    private const string Between = "orleans-messaging-sent-messages-size";

    private readonly MeterListener listener = new();
    private long messages;
    private long bytes;

    public OrleansMeter()
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "Microsoft.Orleans" && instrument.Name == Between)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => Take(value));
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Take(value));
        listener.Start();
    }

    /// <summary>How many, and their bytes, so far.</summary>
    public (long Messages, long Bytes) Read() => (Interlocked.Read(ref messages), Interlocked.Read(ref bytes));

    public void Dispose() => listener.Dispose();

    private void Take(long value)
    {
        Interlocked.Increment(ref messages);
        Interlocked.Add(ref bytes, value);
    }
}
