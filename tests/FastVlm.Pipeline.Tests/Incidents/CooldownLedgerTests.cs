using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Pipeline.Tests.Incidents;

public sealed class CooldownLedgerTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly RuleId Rule = new("r");
    private static readonly CameraId Camera = new("c");

    private readonly CooldownLedger ledger = new();

    [Theory]
    [InlineData(0, true)]
    [InlineData(59.999, true)]
    [InlineData(60, false)]
    [InlineData(-5, true)]
    public void Runs_from_the_delivery(double seconds, bool isCooling)
    {
        ledger.Delivered(Rule, Camera, Start);

        Assert.Equal(isCooling, ledger.IsCooling(Rule, Camera, TimeSpan.FromSeconds(60), Start.AddSeconds(seconds)));
    }

    [Fact]
    public void Touches_no_other_rule_and_no_other_camera()
    {
        ledger.Delivered(Rule, Camera, Start);

        Assert.False(ledger.IsCooling(new RuleId("other"), Camera, TimeSpan.FromHours(1), Start));
        Assert.False(ledger.IsCooling(Rule, new CameraId("other"), TimeSpan.FromHours(1), Start));
        Assert.False(ledger.IsCooling(Rule, Camera, TimeSpan.Zero, Start));
    }

    [Fact]
    public void Goes_on_after_a_restart_and_never_backwards()
    {
        ledger.Restore([new LastTold(Rule, Camera, Start)]);
        ledger.Delivered(Rule, Camera, Start.AddSeconds(-30));

        Assert.True(ledger.IsCooling(Rule, Camera, TimeSpan.FromSeconds(60), Start.AddSeconds(50)));
    }

    [Fact]
    public void Knows_the_incidents_that_it_told_and_each_once()
    {
        Assert.False(ledger.Delivered(new IncidentId("unknown"), Start));
        ledger.Expect(Incident("i"));

        Assert.True(ledger.Delivered(new IncidentId("i"), Start));
        Assert.False(ledger.Delivered(new IncidentId("i"), Start));
        Assert.True(ledger.IsCooling(Rule, Camera, TimeSpan.FromSeconds(1), Start));
    }

    private static Incident Incident(string id) => new()
    {
        Id = new IncidentId(id),
        Kind = IncidentKind.Rule,
        RuleId = Rule,
        CameraId = Camera,
        Title = "t",
        Why = "w",
        Severity = Severity.Info,
        State = IncidentState.Open,
        OpenedAt = Start,
        LastSeenAt = Start,
        Count = 1,
    };
}
