using FastVlm.Pipeline.Configuration;

namespace FastVlm.Pipeline.Rules;

/// <summary>
/// Decides whether a schedule is active at an instant: within a shift on the clock of its time zone, and not in
/// maintenance. In the hour that summer time skips there is nothing to decide; in the one that it repeats, a shift that
/// covers it is active both times. Immutable.
/// </summary>
public sealed class ScheduleClock
{
    private readonly ScheduleSpec spec;
    private readonly TimeZoneInfo zone;

    /// <exception cref="FailureException">Usage: the time zone is unknown here.</exception>
    public ScheduleClock(ScheduleSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        this.spec = spec;
        zone = TimeZones.Find(spec.TimeZone, out var fault) ?? throw new FailureException(FailureKind.Usage, fault!);
    }

    public bool IsActive(DateTimeOffset instant)
    {
        if (spec.Maintenance.Any(window => instant >= window.From && instant < window.To))
        {
            return false;
        }

        if (spec.Shifts.Count == 0)
        {
            return true;
        }

        var local = TimeZoneInfo.ConvertTime(instant, zone).DateTime;
        return spec.Shifts.Any(shift => Covers(shift, local));
    }

    private static bool Covers(ShiftSpec shift, DateTime local)
    {
        var time = TimeOnly.FromDateTime(local);
        var endsNextDay = shift.To <= shift.From;
        return endsNextDay
            ? (time >= shift.From && BeginsOn(shift, local.DayOfWeek)) || (time < shift.To && BeginsOn(shift, DayBefore(local.DayOfWeek)))
            : time >= shift.From && time < shift.To && BeginsOn(shift, local.DayOfWeek);
    }

    private static bool BeginsOn(ShiftSpec shift, DayOfWeek day) => shift.Days.Count == 0 || shift.Days.Contains(day);

    private static DayOfWeek DayBefore(DayOfWeek day) => (DayOfWeek)(((int)day + 6) % 7);
}
