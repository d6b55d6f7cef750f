namespace FastVlm.Onnx.Store.Hub;

/// <summary>
/// Decides how long to wait before the next attempt of a download. Attempts that brought bytes do not count: a line
/// that is cut every minute still ends a large file.
/// </summary>
public sealed record DownloadRetries
{
    /// <summary>Attempts in a row that brought nothing. Raising it waits longer for a hub that is down.</summary>
    public int FruitlessAttemptsMax { get; init; } = 8;

    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan DelayMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait a server may ask for; beyond it the download fails and says so.</summary>
    public TimeSpan ServerDelayMax { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a connection may send nothing before it counts as cut.</summary>
    public TimeSpan SilenceMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <param name="fruitlessAttempts">Attempts in a row without a new byte, this one included; 1 or more.</param>
    /// <param name="askedByServer">Its Retry-After.</param>
    /// <returns>The wait; null to give up.</returns>
    public TimeSpan? Delay(int fruitlessAttempts, TimeSpan? askedByServer)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fruitlessAttempts, 1);
        if (fruitlessAttempts >= FruitlessAttemptsMax || askedByServer > ServerDelayMax)
        {
            return null;
        }

        var doubled = FirstDelay * Math.Pow(2, fruitlessAttempts - 1);
        var own = doubled < DelayMax ? doubled : DelayMax;
        return askedByServer is { } asked && asked > own ? asked : own;
    }
}
