using FastVlm.Pipeline.Configuration;

namespace FastVlm.Pipeline.Rules;

/// <summary>Finds all faults of a schedule at once: a rule's, or a camera's.</summary>
public static class ScheduleValidator
{
    /// <summary>Seven days with four shifts each, and some to spare.</summary>
    private const int ShiftsMax = 50;

    /// <summary>Two a week for a year.</summary>
    private const int MaintenanceMax = 100;

    /// <param name="schedule">What the user wrote.</param>
    /// <param name="path">Where it stands, e.g. <c>$.schedule</c>.</param>
    public static IReadOnlyList<SpecError> Validate(ScheduleSpec schedule, string path)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        var errors = new List<SpecError>();
        if (TimeZones.Find(schedule.TimeZone, out var fault) is null)
        {
            errors.Add(new SpecError($"{path}.timeZone", fault!));
        }

        AddTooMany(errors, $"{path}.shifts", "shifts", schedule.Shifts.Count, ShiftsMax);
        AddTooMany(errors, $"{path}.maintenance", "maintenance windows", schedule.Maintenance.Count, MaintenanceMax);
        for (var i = 0; i < schedule.Shifts.Count; i++)
        {
            CheckShift(errors, schedule.Shifts[i], $"{path}.shifts[{i}]");
        }

        for (var i = 0; i < schedule.Maintenance.Count; i++)
        {
            CheckWindow(errors, schedule.Maintenance[i], $"{path}.maintenance[{i}]");
        }

        return errors;
    }

    private static void AddTooMany(List<SpecError> errors, string path, string what, int count, int limit)
    {
        if (count > limit)
        {
            errors.Add(new SpecError(path, $"A schedule has at most {limit} {what}, not {count}."));
        }
    }

    private static void CheckShift(List<SpecError> errors, ShiftSpec shift, string path)
    {
        foreach (var (time, name) in ((TimeOnly, string)[])[(shift.From, "from"), (shift.To, "to")])
        {
            if (time.Ticks % TimeSpan.TicksPerMinute != 0)
            {
                errors.Add(new SpecError(
                    $"{path}.{name}", $"A shift begins and ends on the minute, as in '06:30', not at {time:HH\\:mm\\:ss}."));
            }
        }

        for (var i = 0; i < shift.Days.Count; i++)
        {
            if (!Enum.IsDefined(shift.Days[i]))
            {
                errors.Add(new SpecError($"{path}.days[{i}]", $"The day '{shift.Days[i]}' is unknown; days are 'monday' to 'sunday'."));
            }
            else if (shift.Days.Take(i).Contains(shift.Days[i]))
            {
                errors.Add(new SpecError($"{path}.days[{i}]", $"The day '{shift.Days[i]}' is listed twice."));
            }
        }
    }

    private static void CheckWindow(List<SpecError> errors, MaintenanceWindow window, string path)
    {
        if (window.To <= window.From)
        {
            errors.Add(new SpecError($"{path}.to", "A maintenance window ends after it begins; make 'to' later than 'from'."));
        }

        if (window.Note is { Length: > Limits.NameCharsMax } note)
        {
            errors.Add(new SpecError($"{path}.note", $"A note has at most {Limits.NameCharsMax} characters; this one has {note.Length}."));
        }
    }
}
