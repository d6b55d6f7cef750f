using System.CommandLine.Parsing;
using System.Globalization;

namespace FastVlm.Embedded.Commands;

/// <summary>Durations as people write them: 500ms, 1s, 1.5s, 2m, 1h; a bare number is seconds.</summary>
internal static class DurationOption
{
    private static readonly (string Suffix, TimeSpan Unit)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("", TimeSpan.FromSeconds(1)),
    ];

    // Beyond it a duration is a typing error rather than a wish.
    private static readonly TimeSpan Max = TimeSpan.FromDays(366);

    public static TimeSpan? Parse(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (TryParse(text, out var duration))
        {
            return duration;
        }

        result.AddError($"'{text}' is not a duration; write for example 500ms, 1s, 2m or 1h");
        return null;
    }

    internal static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var (suffix, unit) = Units.First(unit => text.EndsWith(unit.Suffix, StringComparison.Ordinal));
        if (!double.TryParse(text[..^suffix.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            || !(amount * unit.TotalSeconds <= Max.TotalSeconds))
        {
            return false;
        }

        duration = unit * amount;
        return true;
    }
}
