namespace FastVlm.Storage.Captions;

/// <summary>
/// The key of a caption's row: its capture time in ms, shifted left, plus a count within that ms. Rows thereby lie in the
/// order of time.
/// </summary>
internal static class CaptionKey
{
    /// <summary>A million captions of one ms; leaves 43 bits for the time, 278 years around 1970.</summary>
    private const int CountBits = 20;

    private const long MillisecondsMax = long.MaxValue >> CountBits;

    /// <summary>The least key of the ms in which the time lies; a time beyond the range counts as its end.</summary>
    public static long First(DateTimeOffset time) =>
        Math.Clamp(time.ToUnixTimeMilliseconds(), -MillisecondsMax, MillisecondsMax - 1) << CountBits;

    /// <summary>The least key of the ms after it.</summary>
    public static long Next(long first) => first + (1L << CountBits);
}
