namespace FastVlm.Pipeline.Configuration;

/// <summary>Shifts in a time zone, less maintenance windows. No shift at all means always.</summary>
public sealed record ScheduleSpec
{
    /// <summary>IANA name, e.g. "Europe/Berlin"; shifts follow its clock through summer time.</summary>
    public string TimeZone { get; init; } = "UTC";

    public IReadOnlyList<ShiftSpec> Shifts { get; init; } = [];

    public IReadOnlyList<MaintenanceWindow> Maintenance { get; init; } = [];
}

/// <summary>A span of the day on some days of the week. A shift that ends before it begins ends on the next day.</summary>
public sealed record ShiftSpec
{
    /// <summary>Days on which the shift begins; empty is every day.</summary>
    public IReadOnlyList<DayOfWeek> Days { get; init; } = [];

    /// <summary>"HH:mm", inclusive.</summary>
    public TimeOnly From { get; init; }

    /// <summary>"HH:mm", exclusive; equal to <see cref="From"/> is the whole day.</summary>
    public TimeOnly To { get; init; }
}

/// <summary>A time in which nothing is to be raised.</summary>
public sealed record MaintenanceWindow
{
    public DateTimeOffset From { get; init; }

    public DateTimeOffset To { get; init; }

    public string? Note { get; init; }
}
