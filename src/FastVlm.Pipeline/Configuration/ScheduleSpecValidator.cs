namespace FastVlm.Pipeline.Configuration;

/// <summary>Decides whether a schedule can be followed.</summary>
internal static class ScheduleSpecValidator
{
    /// <param name="path">Where the schedule stands in the body.</param>
    /// <param name="schedule">Null is always, and right.</param>
    /// <param name="faults">Takes the faults.</param>
    public static void Check(string path, ScheduleSpec? schedule, FaultList faults)
    {
        if (schedule is null)
        {
            return;
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(schedule.TimeZone, out _))
        {
            faults.Add($"{path}.timeZone", $"There is no time zone '{schedule.TimeZone}'; give an IANA name, e.g. 'Europe/Berlin'.");
        }

        faults.Count($"{path}.shifts", "shifts", schedule.Shifts.Count, Limits.ShiftsMax);
        faults.Count($"{path}.maintenance", "maintenance windows", schedule.Maintenance.Count, Limits.MaintenanceWindowsMax);
        for (var i = 0; i < schedule.Shifts.Count; i++)
        {
            if (schedule.Shifts[i].Days.Distinct().Count() != schedule.Shifts[i].Days.Count)
            {
                faults.Add($"{path}.shifts[{i}].days", "A day is named twice; name each once.");
            }
        }

        for (var i = 0; i < schedule.Maintenance.Count; i++)
        {
            var window = schedule.Maintenance[i];
            if (window.To <= window.From)
            {
                faults.Add($"{path}.maintenance[{i}].to", "A maintenance window ends before it begins; give a later end.");
            }

            if (window.Note is { Length: > Limits.NoteCharsMax } note)
            {
                faults.Add($"{path}.maintenance[{i}].note", $"The note has {note.Length} characters; give at most {Limits.NoteCharsMax}.");
            }
        }
    }
}
