using System.Globalization;
using System.Text.RegularExpressions;

namespace FastVlm.Video.Ffmpeg;

/// <summary>
/// What ffmpeg's showinfo filter says about one frame before scaling. ffmpeg writes the line before the frame's bytes,
/// so the n-th trace belongs to the n-th picture.
/// </summary>
internal readonly partial record struct FrameTrace(TimeSpan? PresentationTime, int WidthPx, int HeightPx)
{
    private const string Marker = "[Parsed_showinfo_";

    /// <summary>True for every line of the filter, also those with side data: they say nothing about failures.</summary>
    public static bool IsTraceLine(string line) => line.StartsWith(Marker, StringComparison.Ordinal);

    public static FrameTrace? Parse(string line)
    {
        if (!IsTraceLine(line) || Line().Match(line) is not { Success: true } match)
        {
            return null;
        }

        var seconds = match.Groups["time"].Value;
        return new FrameTrace(
            double.TryParse(seconds, NumberStyles.Float, CultureInfo.InvariantCulture, out var time) && double.IsFinite(time)
                ? TimeSpan.FromSeconds(time)
                : null,
            int.Parse(match.Groups["width"].Value, CultureInfo.InvariantCulture),
            int.Parse(match.Groups["height"].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"\bn:\s*\d+\s.*?\bpts_time:\s*(?<time>\S+).*?\ss:(?<width>\d+)x(?<height>\d+)")]
    private static partial Regex Line();
}
