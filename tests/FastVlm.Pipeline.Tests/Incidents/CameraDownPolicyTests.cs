using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Incidents;

namespace FastVlm.Pipeline.Tests.Incidents;

public sealed class CameraDownPolicyTests
{
    private static readonly CameraId Camera = new("cam_1");
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly CameraDownPolicy policy = new(Camera, open: null);

    [Fact]
    public void A_short_loss_is_no_incident()
    {
        Assert.Null(Advance(0, CameraState.Live));
        Assert.Null(Advance(20, CameraState.Stalled, "silent"));
        Assert.Null(Advance(30, CameraState.Offline, "silent"));
        Assert.Null(Advance(34, CameraState.Live));
    }

    [Fact]
    public void A_lasting_loss_opens_one_incident_with_the_reason_and_clears_when_pictures_have_lasted()
    {
        Advance(0, CameraState.Live);
        Advance(20, CameraState.Offline, "refused");
        var opened = Advance(35, CameraState.Connecting, "refused")!;
        Assert.Equal(IncidentChangeKind.Opened, opened.Kind);
        Assert.Equal(IncidentKind.CameraDown, opened.Incident.Kind);
        Assert.Equal("Camera down: Gate 2", opened.Incident.Title);
        Assert.Equal("refused", opened.Incident.Why);
        Assert.Null(Advance(60, CameraState.Offline, "refused"));

        Assert.Null(Advance(70, CameraState.Live));
        Assert.Null(Advance(79, CameraState.Live));
        var cleared = Advance(80, CameraState.Live)!;

        Assert.Equal(IncidentChangeKind.Cleared, cleared.Kind);
        Assert.Equal(opened.Incident.Id, cleared.Incident.Id);
        Assert.Equal(Start.AddSeconds(80), cleared.Incident.ClearedAt);
    }

    [Fact]
    public void A_camera_that_comes_and_goes_is_one_incident_that_counts()
    {
        Advance(0, CameraState.Offline, "refused");
        Assert.Equal(IncidentChangeKind.Opened, Advance(15, CameraState.Offline, "refused")!.Kind);
        Assert.Null(Advance(20, CameraState.Live));

        var again = Advance(25, CameraState.Stalled, "silent")!;

        Assert.Equal(IncidentChangeKind.Ongoing, again.Kind);
        Assert.Equal(2, again.Incident.Count);
        Assert.Equal("silent", again.Incident.Why);
        Assert.Null(Advance(30, CameraState.Live));
        Assert.Equal(IncidentChangeKind.Cleared, Advance(40, CameraState.Live)!.Kind);
    }

    [Theory]
    [InlineData(CameraState.Disabled)]
    [InlineData(CameraState.Ended)]
    public void Switching_the_camera_off_clears_its_incident(CameraState off)
    {
        Advance(0, CameraState.Offline, "refused");
        Advance(15, CameraState.Offline, "refused");

        Assert.Equal(IncidentChangeKind.Cleared, Advance(16, off)!.Kind);
        Assert.Null(Advance(60, off));
    }

    [Fact]
    public void Time_switched_off_is_no_time_down()
    {
        Advance(0, CameraState.Offline, "refused");
        Advance(10, CameraState.Disabled);

        Assert.Null(Advance(20, CameraState.Connecting));
        Assert.NotNull(Advance(35, CameraState.Connecting));
    }

    [Fact]
    public void An_incident_of_an_earlier_run_goes_on()
    {
        Advance(0, CameraState.Offline, "refused");
        var open = Advance(15, CameraState.Offline, "refused")!.Incident;
        var next = new CameraDownPolicy(Camera, open);

        Assert.Equal(2, next.Advance(Status(CameraState.Offline, "refused"), "Gate 2", Start.AddSeconds(100))!.Incident.Count);
        Assert.Null(next.Advance(Status(CameraState.Live), "Gate 2", Start.AddSeconds(110)));
        var cleared = next.Advance(Status(CameraState.Live), "Gate 2", Start.AddSeconds(120))!;

        Assert.Equal(open.Id, cleared.Incident.Id);
    }

    [Fact]
    public void Removing_the_camera_clears_its_incident_once()
    {
        Advance(0, CameraState.Offline, "refused");
        Advance(15, CameraState.Offline, "refused");

        Assert.Equal(IncidentChangeKind.Cleared, policy.End(Start.AddSeconds(16))!.Kind);
        Assert.Null(policy.End(Start.AddSeconds(17)));
    }

    private IncidentChange? Advance(int second, CameraState state, string? reason = null) =>
        policy.Advance(Status(state, reason), "Gate 2", Start.AddSeconds(second));

    private static CameraStatus Status(CameraState state, string? reason = null) =>
        new() { CameraId = Camera, State = state, Since = Start, Reason = reason };
}
