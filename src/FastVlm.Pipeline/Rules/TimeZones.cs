namespace FastVlm.Pipeline.Rules;

/// <summary>Finds time zones by their IANA names in this machine's time zone data.</summary>
internal static class TimeZones
{
    /// <summary>The longest IANA name has 32 characters.</summary>
    private const int NameCharsMax = 64;

    /// <param name="name">E.g. "Europe/Berlin".</param>
    /// <param name="fault">Why it cannot be used, one sentence; null where it can.</param>
    public static TimeZoneInfo? Find(string name, out string? fault)
    {
        fault = null;
        if (name.Length is 0 or > NameCharsMax)
        {
            fault = $"A time zone's name has 1 to {NameCharsMax} characters, as in 'Europe/Berlin'; this one has {name.Length}.";
            return null;
        }

        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone))
        {
            return zone;
        }

        // UTC is always known; with nothing else the name is not to blame.
        fault = TimeZoneInfo.GetSystemTimeZones().Count <= 1
            ? $"The time zone '{name}' cannot be looked up because this machine has no time zone data; install the package 'tzdata'."
            : $"The time zone '{name}' is unknown; use an IANA name such as 'Europe/Berlin' or 'UTC'.";
        return null;
    }
}
