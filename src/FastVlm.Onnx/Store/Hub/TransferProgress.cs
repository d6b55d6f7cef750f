namespace FastVlm.Onnx.Store.Hub;

/// <summary>How far a transfer of several files is.</summary>
public sealed record TransferProgress
{
    /// <summary>The file in work.</summary>
    public required string Path { get; init; }

    public required long BytesDone { get; init; }

    /// <summary>Of all files; null where a server does not say.</summary>
    public required long? BytesTotal { get; init; }

    /// <summary>Over the last seconds; 0 until it is known.</summary>
    public required double BytesPerSecond { get; init; }

    public TimeSpan? Remaining =>
        BytesTotal is { } total && BytesPerSecond > 0 ? TimeSpan.FromSeconds(Math.Max(0, total - BytesDone) / BytesPerSecond) : null;

    /// <summary>Why nothing moves just now, e.g. "the hub asks to wait 5 s"; null while bytes flow.</summary>
    public string? Waiting { get; init; }
}

/// <summary>Counts bytes and judges the rate over a sliding window. Pure: time is an argument.</summary>
public sealed class TransferMeter(long? bytesTotal)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Slot = TimeSpan.FromMilliseconds(100);

    private readonly LinkedList<(TimeSpan At, long Bytes)> _slots = new();
    private long _done;

    /// <summary>Bytes that are there without having travelled now: they count as done but not for the rate.</summary>
    public void Skip(long bytes) => _done += bytes;

    /// <summary>Bytes given back because a file starts over.</summary>
    public void TakeBack(long bytes) => _done -= bytes;

    public void Add(long bytes, TimeSpan now)
    {
        _done += bytes;
        if (_slots.Last is { } last && now - last.Value.At < Slot)
        {
            last.Value = (last.Value.At, last.Value.Bytes + bytes);
            return;
        }

        _slots.AddLast((now, bytes));
        while (now - _slots.First!.Value.At > Window)
        {
            _slots.RemoveFirst();
        }
    }

    public TransferProgress At(string path, TimeSpan now, string? waiting = null)
    {
        var span = _slots.First is { } first ? now - first.Value.At : TimeSpan.Zero;
        return new TransferProgress
        {
            Path = path,
            BytesDone = _done,
            BytesTotal = bytesTotal,
            BytesPerSecond = span >= Slot ? _slots.Sum(slot => slot.Bytes) / span.TotalSeconds : 0,
            Waiting = waiting,
        };
    }
}
