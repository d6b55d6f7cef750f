using System.Text;
using FastVlm.Grains.Live;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Live;
using FastVlm.Pipeline.Rules;
using FastVlm.TestKit;

namespace FastVlm.Grains.Tests.Live;

public sealed class LiveEventCodecTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Every_kind_of_event_arrives_as_it_was_sent()
    {
        LiveEvent[] events =
        [
            TestEvents.State("gate-1", 1),
            TestEvents.Text("gate-1", 2),
            new CaptionEvent(CaptionRecords.From(TestCaptions.At(Noon, "A forklift."), [], Noon)) { CameraId = new CameraId("gate-1") },
            new IncidentEvent(IncidentChangeKind.Opened, SomeIncident()) { CameraId = new CameraId("gate-1") },
            new DeliveryEvent(SomeDelivery()),
            new ConfigurationEvent(),
        ];

        var bytes = LiveEventCodec.Encode(events);
        var decoded = LiveEventCodec.Decode(bytes);

        Assert.Equal(0, decoded.Skipped);
        Assert.Equal(events.Select(e => e.GetType()), decoded.Events.Select(e => e.GetType()));
        Assert.Equal(Encoding.UTF8.GetString(bytes), Encoding.UTF8.GetString(LiveEventCodec.Encode(decoded.Events)));
        Assert.Equal(typeof(LiveEvent).Assembly.GetTypes().Count(t => t.IsSubclassOf(typeof(LiveEvent))), events.Length);
    }

    [Theory]
    [InlineData("""[{"type":"hologram","depth":3},{"type":"configuration"}]""", 1, 1)]
    [InlineData("""[{"type":"configuration","addedLater":{"a":1}}]""", 1, 0)]
    [InlineData("""[{"addedLater":1,"type":"configuration"}]""", 1, 0)]
    [InlineData("""[{"type":"captionText","frameIndex":"no number"},{"type":"configuration"}]""", 1, 1)]
    [InlineData("""[{},{"type":null},{"type":"configuration"}]""", 1, 2)]
    [InlineData("""{"type":"configuration"}""", 0, 1)]
    [InlineData("not json", 0, 1)]
    public void What_a_newer_node_adds_is_skipped(string json, int read, int skipped)
    {
        var decoded = LiveEventCodec.Decode(Encoding.UTF8.GetBytes(json));

        Assert.Equal((read, skipped), (decoded.Events.Count, decoded.Skipped));
    }

    private static Incident SomeIncident() => new()
    {
        Id = new IncidentId("inc_1"),
        Kind = IncidentKind.Rule,
        CameraId = new CameraId("gate-1"),
        RuleId = new RuleId("rule_1"),
        Title = "Fire at Gate",
        Why = "\"fire\" was seen.",
        Severity = Severity.Critical,
        State = IncidentState.Open,
        OpenedAt = Noon,
        LastSeenAt = Noon,
        Count = 1,
    };

    private static Delivery SomeDelivery() => new()
    {
        Id = new DeliveryId("msg_1"),
        EndpointId = new EndpointId("ep_1"),
        EventType = "incident.opened",
        Payload = "{}",
        CreatedAt = Noon,
    };
}
