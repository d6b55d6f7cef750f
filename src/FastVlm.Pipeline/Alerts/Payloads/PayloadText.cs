using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace FastVlm.Pipeline.Alerts.Payloads;

/// <summary>Texts made to fit.</summary>
internal static class PayloadText
{
    /// <summary>At most <paramref name="charsMax"/> characters (at least 1), "…" where something is missing; no half pairs.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Shortened(string? text, int charsMax)
    {
        if (text is null || text.Length <= charsMax)
        {
            return text;
        }

        var length = charsMax - 1;
        length -= length > 0 && char.IsHighSurrogate(text[length - 1]) ? 1 : 0;
        return text[..length] + "…";
    }

    public static string Moment(DateTimeOffset at) =>
        at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>E.g. "850 ms", "12.3 s", "1 h 5 min".</summary>
    public static string Length(TimeSpan time) => time switch
    {
        _ when time < TimeSpan.FromSeconds(1) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms"),
        _ when time < TimeSpan.FromMinutes(2) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s"),
        _ when time < TimeSpan.FromHours(1) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(time.TotalHours):0} h {time.Minutes} min"),
    };
}
