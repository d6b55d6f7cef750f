namespace FastVlm.Onnx.Store.Hub;

/// <summary>Counts what a transfer does and reports it at most ten times a second.</summary>
internal sealed class TransferObserver(long? bytesTotal, IProgress<TransferProgress> progress, TimeProvider timeProvider)
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromMilliseconds(100);

    private readonly TransferMeter _meter = new(bytesTotal);
    private readonly long _begin = timeProvider.GetTimestamp();
    private TimeSpan _reported = -ReportEvery;

    private TimeSpan Now => timeProvider.GetElapsedTime(_begin);

    public void Skip(long bytes) => _meter.Skip(bytes);

    public void TakeBack(long bytes) => _meter.TakeBack(bytes);

    public void Add(string path, long bytes)
    {
        var now = Now;
        _meter.Add(bytes, now);
        if (now - _reported >= ReportEvery)
        {
            _reported = now;
            progress.Report(_meter.At(path, now));
        }
    }

    public void Wait(string path, string reason) => progress.Report(_meter.At(path, Now, reason));

    public void Finish(string path) => progress.Report(_meter.At(path, Now));
}
