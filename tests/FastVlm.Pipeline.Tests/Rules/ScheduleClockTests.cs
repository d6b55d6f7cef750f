using System.Globalization;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Rules;

namespace FastVlm.Pipeline.Tests.Rules;

public sealed class ScheduleClockTests
{
    /// <summary>2026: summer time in Berlin begins on 29 March at 02:00 (01:00 UTC) and ends on 25 October at 03:00 (01:00 UTC).</summary>
    [Theory]
    [InlineData("UTC", "06:00-14:00", "2026-01-05T05:59:59Z", false)]
    [InlineData("UTC", "06:00-14:00", "2026-01-05T06:00:00Z", true)]
    [InlineData("UTC", "06:00-14:00", "2026-01-05T13:59:59Z", true)]
    [InlineData("UTC", "06:00-14:00", "2026-01-05T14:00:00Z", false)]
    [InlineData("UTC", "06:00-14:00 Monday", "2026-01-05T08:00:00Z", true)]
    [InlineData("UTC", "06:00-14:00 Tuesday", "2026-01-05T08:00:00Z", false)]
    [InlineData("UTC", "22:00-06:00", "2026-01-05T23:00:00Z", true)]
    [InlineData("UTC", "22:00-06:00", "2026-01-05T05:59:00Z", true)]
    [InlineData("UTC", "22:00-06:00", "2026-01-05T06:00:00Z", false)]
    [InlineData("UTC", "22:00-06:00 Friday", "2026-01-10T03:00:00Z", true)]
    [InlineData("UTC", "22:00-06:00 Friday", "2026-01-09T03:00:00Z", false)]
    [InlineData("UTC", "22:00-06:00 Friday", "2026-01-10T23:00:00Z", false)]
    [InlineData("UTC", "22:00-06:00 Sunday", "2026-01-05T01:00:00Z", true)]
    [InlineData("UTC", "00:00-00:00 Saturday", "2026-01-10T23:59:00Z", true)]
    [InlineData("UTC", "00:00-00:00 Saturday", "2026-01-11T00:00:00Z", false)]
    [InlineData("UTC", "06:00-06:00 Saturday", "2026-01-11T05:59:00Z", true)]
    [InlineData("UTC", "06:00-06:00 Saturday", "2026-01-10T05:59:00Z", false)]
    [InlineData("UTC", "06:00-14:00,14:00-22:00", "2026-01-05T14:00:00Z", true)]
    [InlineData("UTC", "", "2026-01-05T03:00:00Z", true)]
    [InlineData("Europe/Berlin", "06:00-14:00", "2026-01-05T05:00:00Z", true)]
    [InlineData("Europe/Berlin", "06:00-14:00", "2026-07-06T04:00:00Z", true)]
    [InlineData("Europe/Berlin", "06:00-14:00", "2026-07-06T12:00:00Z", false)]
    [InlineData("Europe/Berlin", "02:30-03:30", "2026-03-29T00:59:59Z", false)]
    [InlineData("Europe/Berlin", "02:30-03:30", "2026-03-29T01:00:00Z", true)]
    [InlineData("Europe/Berlin", "02:30-03:30", "2026-03-29T01:30:00Z", false)]
    [InlineData("Europe/Berlin", "02:00-02:30", "2026-03-29T01:00:00Z", false)]
    [InlineData("Europe/Berlin", "02:00-02:30", "2026-10-25T00:15:00Z", true)]
    [InlineData("Europe/Berlin", "02:00-02:30", "2026-10-25T00:45:00Z", false)]
    [InlineData("Europe/Berlin", "02:00-02:30", "2026-10-25T01:15:00Z", true)]
    [InlineData("Europe/Berlin", "22:00-06:00 Saturday", "2026-03-29T03:59:00Z", true)]
    [InlineData("Asia/Kolkata", "08:00-16:00", "2026-01-05T02:30:00Z", true)]
    [InlineData("America/New_York", "22:00-06:00 Monday", "2026-01-06T10:59:00Z", true)]
    public void Follows_the_clock_of_the_plant(string zone, string shifts, string instant, bool isActive)
    {
        var clock = new ScheduleClock(new ScheduleSpec { TimeZone = zone, Shifts = [.. Shifts(shifts)] });

        Assert.Equal(isActive, clock.IsActive(DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("2026-01-05T07:59:59Z", true)]
    [InlineData("2026-01-05T08:00:00Z", false)]
    [InlineData("2026-01-05T08:59:59Z", false)]
    [InlineData("2026-01-05T09:00:00Z", true)]
    public void Rests_during_maintenance(string instant, bool isActive)
    {
        var window = new MaintenanceWindow { From = At("2026-01-05T09:00:00+01:00"), To = At("2026-01-05T10:00:00+01:00") };

        Assert.Equal(isActive, new ScheduleClock(new ScheduleSpec { Maintenance = [window] }).IsActive(At(instant)));
    }

    [Fact]
    public void Refuses_a_zone_that_does_not_exist() =>
        Assert.Contains(
            "'Europe/Atlantis' is unknown",
            Assert.Throws<FailureException>(() => new ScheduleClock(new ScheduleSpec { TimeZone = "Europe/Atlantis" })).Message,
            StringComparison.Ordinal);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static IEnumerable<ShiftSpec> Shifts(string text) =>
        from shift in text.Split(',', StringSplitOptions.RemoveEmptyEntries)
        let words = shift.Split(' ')
        let times = words[0].Split('-').Select(time => TimeOnly.Parse(time, CultureInfo.InvariantCulture)).ToArray()
        select new ShiftSpec { From = times[0], To = times[1], Days = [.. words.Skip(1).Select(Enum.Parse<DayOfWeek>)] };
}
