using System.Diagnostics.Metrics;

namespace FastVlm.Silo.Simulation;

/// <summary>Counts Orleans' messages of this process: those between nodes, and those within one.</summary>
internal sealed class OrleansMeter : IDisposable
{
    private const string Between = "orleans-messaging-sent-messages-size";
    private const string Within = "orleans-messaging-sent-local";

    private readonly MeterListener listener = new();
    private long messages;
    private long bytes;
    private long local;

    public OrleansMeter()
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "Microsoft.Orleans" && instrument.Name is Between or Within)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Take(instrument, value));
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Take(instrument, value));
        listener.Start();
    }

    /// <summary>Between nodes, their bytes, and within nodes, since the process began.</summary>
    public (long Messages, long Bytes, long Local) Read()
    {
        listener.RecordObservableInstruments();
        return (Interlocked.Read(ref messages), Interlocked.Read(ref bytes), Interlocked.Read(ref local));
    }

    public void Dispose() => listener.Dispose();

    private void Take(Instrument instrument, long value)
    {
        if (instrument.Name == Within)
        {
            Interlocked.Exchange(ref local, instrument.IsObservable ? value : local + value);
            return;
        }

        Interlocked.Increment(ref messages);
        Interlocked.Add(ref bytes, value);
    }
}
