using System.Text;
using System.Text.Json;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using static FastVlm.Pipeline.Tests.Alerts.TestIncidents;

namespace FastVlm.Pipeline.Tests.Alerts;

public sealed class DeliveryPlannerTests
{
    private static readonly Uri Dashboard = new("https://plant.example.com/vision/");

    /// <summary>An endpoint that only differs from one that wants everything in what the name says.</summary>
    public static TheoryData<string, EndpointSpec, string> Filters => new()
    {
        { "everything", new(), "opened cleared acknowledged camera" },
        { "disabled", new() { Enabled = false }, "" },
        { "opened only", new() { Events = [WebhookEvent.IncidentOpened] }, "opened camera" },
        {
            "the rest",
            new() { Events = [WebhookEvent.IncidentCleared, WebhookEvent.IncidentAcknowledged] },
            "cleared acknowledged"
        },
        { "its severity", new() { MinimumSeverity = Severity.Warning }, "opened cleared acknowledged camera" },
        { "a higher severity", new() { MinimumSeverity = Severity.Critical }, "" },
        { "its camera", new() { Cameras = new() { Ids = [Camera] } }, "opened cleared acknowledged camera" },
        { "another camera", new() { Cameras = new() { Ids = [new("cam_2")] } }, "" },
        { "its tag", new() { Cameras = new() { Tags = ["HALL-2"] } }, "opened cleared acknowledged camera" },
        { "another tag", new() { Cameras = new() { Tags = ["hall-3"] } }, "" },
        { "its rule", new() { Rules = [new("rule_0"), Rule] }, "opened cleared acknowledged" },
        { "another rule", new() { Rules = [new("rule_0")] }, "" },
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public void An_endpoint_is_told_what_it_wants(string name, EndpointSpec spec, string expected)
    {
        var planner = Planner(EndpointOf(spec));
        var annotated = Incident() with { AcknowledgedAt = At, AcknowledgedBy = "Ada" };
        var told = new List<string>();
        Tell("opened", Opened());
        Tell("ongoing", new(IncidentChangeKind.Ongoing, Incident()));
        Tell("cleared", new(IncidentChangeKind.Cleared, Incident() with { State = IncidentState.Cleared, ClearedAt = At }));
        Tell("acknowledged", new(IncidentChangeKind.Annotated, annotated));
        Tell("judged", new(IncidentChangeKind.Annotated, annotated with { AcknowledgedAt = At.AddMinutes(-1), Verdict = true }));
        Tell("camera", new(IncidentChangeKind.Opened, Incident(IncidentKind.CameraDown)));

        Assert.True(expected == string.Join(' ', told), $"{name}: {string.Join(' ', told)}");

        void Tell(string what, IncidentChange change) => told.AddRange(planner.Plan(change, At).Select(_ => what));
    }

    [Fact]
    public void An_endpoint_that_is_down_is_told_to_the_others_only()
    {
        var planner = Planner(
            EndpointOf(new()), EndpointOf(new(), "ep_2"), EndpointOf(new() { Rules = [Rule] }, "ep_3"),
            EndpointOf(new() { Cameras = new() { Ids = [Camera] } }, "ep_4"));

        var planned = planner.Plan(new(IncidentChangeKind.Opened, Incident(IncidentKind.EndpointDown)), At);

        Assert.Equal(["ep_2", "ep_4"], planned.Select(delivery => delivery.EndpointId.Value));
        Assert.Equal("ep_1", Data(planned[0]).GetProperty("endpoint").GetProperty("name").GetString());
    }

    [Fact]
    public void A_held_back_alert_is_told_later_with_its_evidence_and_one_that_never_was_is_not_cleared()
    {
        var planner = Planner(EndpointOf(new()));
        var heldBack = Incident() with { Alert = AlertState.HeldBack };

        Assert.Empty(planner.Plan(Opened(heldBack), At));
        Assert.Empty(planner.Plan(new(IncidentChangeKind.Cleared, heldBack with { Id = new("inc_2") }), At));
        var told = Assert.Single(planner.Plan(new(IncidentChangeKind.Told, Incident()), At.AddMinutes(5)));
        Assert.Equal("incident.opened", told.EventType);
        Assert.Equal("A red part dropped on the floor.", Data(told).GetProperty("evidence").GetProperty("caption").GetString());
    }

    [Fact]
    public void A_JSON_message_tells_the_incident_with_its_evidence_and_links()
    {
        var delivery = Assert.Single(Planner(EndpointOf(new())).Plan(Opened(evidence: Evidence(pictures: 12)), At.AddSeconds(1)));

        Assert.Equal((Endpoint, "inc_1", At.AddSeconds(1)), (delivery.EndpointId, delivery.IncidentId?.Value, delivery.NextAttemptAt));
        using var json = JsonDocument.Parse(delivery.Payload);
        Assert.Equal("incident.opened", json.RootElement.GetProperty("type").GetString());
        Assert.Equal(At.AddSeconds(1), json.RootElement.GetProperty("timestamp").GetDateTimeOffset());
        var data = json.RootElement.GetProperty("data");
        Assert.Equal(
            ("inc_1", "rule", "warning", "open", "Line 3", "Part dropped", "https://plant.example.com/vision/incidents/inc_1"),
            (Text(data, "incidentId"), Text(data, "kind"), Text(data, "severity"), Text(data, "state"),
                Text(data.GetProperty("camera"), "name"), Text(data.GetProperty("rule"), "name"), Text(data, "url")));
        var evidence = data.GetProperty("evidence");
        Assert.Equal(("part dropped", "fake", "0123abcd"),
            (Text(evidence, "matched"), Text(evidence, "model"), Text(evidence, "modelFingerprint")));
        Assert.Equal(At.AddMilliseconds(850), evidence.GetProperty("stamps").GetProperty("matchedAt").GetDateTimeOffset());
        var pictures = evidence.GetProperty("pictures");
        Assert.Equal(Limits.WebhookPicturesMax, pictures.GetArrayLength());
        Assert.Equal("https://plant.example.com/vision/api/incidents/inc_1/pictures/11.jpg", Text(pictures[9], "url"));
        Assert.True(pictures[9].GetProperty("isTrigger").GetBoolean());
    }

    [Fact]
    public void Without_a_dashboard_address_there_are_no_links()
    {
        var planner = new DeliveryPlanner(new DeliveryPlannerOptions());
        planner.Apply(Plant(EndpointOf(new()), EndpointOf(new() { Template = WebhookTemplate.Slack }, "ep_2")));

        var planned = planner.Plan(Opened(), At);

        Assert.Equal(JsonValueKind.Null, Data(planned[0]).GetProperty("url").ValueKind);
        Assert.DoesNotContain("mrkdwn", planned[1].Payload, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_deleted_has_an_id_and_no_name()
    {
        var planner = new DeliveryPlanner(new DeliveryPlannerOptions());
        planner.Apply(Plant(EndpointOf(new())) with { Cameras = [], Rules = [] });

        var data = Data(Assert.Single(planner.Plan(Opened(), At)));

        Assert.Equal(("cam_1", null), (Text(data.GetProperty("camera"), "id"), data.GetProperty("camera").GetProperty("name").GetString()));
        Assert.Equal("rule_1", Text(data.GetProperty("rule"), "id"));
    }

    /// <summary>Texts that grow when they are written: each character of these takes up to six bytes.</summary>
    [Theory]
    [InlineData("x")]
    [InlineData("\"\\\u0001")]
    [InlineData("<&>")]
    [InlineData("不同")]
    [InlineData("👩‍🏭")]
    public void Every_message_is_below_its_limit_and_valid_JSON(string text)
    {
        var longText = string.Concat(Enumerable.Repeat(text, 8000));
        var incident = Incident() with { Title = longText, Why = longText, AcknowledgedBy = longText };
        var evidence = Evidence(longText, pictures: 50) with
        {
            Verdict = new() { RuleId = Rule, IsMatch = true, Span = longText, Why = longText },
        };
        var planner = Planner(
            [.. Enum.GetValues<WebhookTemplate>().Select(template => EndpointOf(new() { Template = template }, $"ep_{template}"))]);

        foreach (var delivery in planner.Plan(Opened(incident, evidence), At))
        {
            Assert.True(Encoding.UTF8.GetByteCount(delivery.Payload) < Limits.WebhookPayloadBytesMax, delivery.EndpointId.Value);
            JsonDocument.Parse(delivery.Payload).Dispose();
            Assert.Contains("…", delivery.Payload, StringComparison.Ordinal);
            Assert.DoesNotContain("\ufffd", delivery.Payload, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_Slack_message_holds_no_text_that_Slack_interprets()
    {
        var planner = Planner(EndpointOf(new() { Template = WebhookTemplate.Slack }));
        var incident = Incident() with { Title = "<!channel> *a* & <https://evil.example|b>" };

        using var json = JsonDocument.Parse(
            Assert.Single(planner.Plan(Opened(incident, Evidence("<@U1> part dropped")), At)).Payload);

        Assert.Equal(
            "Opened: &lt;!channel&gt; *a* &amp; &lt;https://evil.example|b&gt;", json.RootElement.GetProperty("text").GetString());
        var texts = TextObjects(json.RootElement.GetProperty("blocks")).ToList();
        Assert.Contains("“<@U1> part dropped”", texts.Where(t => t.Type == "plain_text").Select(t => t.Text));
        Assert.Equal(
            ["<https://plant.example.com/vision/incidents/inc_1|Open the incident>"],
            texts.Where(t => t.Type == "mrkdwn").Select(t => t.Text));
    }

    [Fact]
    public void A_Teams_message_is_an_adaptive_card_of_text_runs()
    {
        var planner = Planner(EndpointOf(new() { Template = WebhookTemplate.Teams }));

        using var json = JsonDocument.Parse(Assert.Single(planner.Plan(Opened(), At)).Payload);

        var attachment = json.RootElement.GetProperty("attachments")[0];
        Assert.Equal("application/vnd.microsoft.card.adaptive", Text(attachment, "contentType"));
        var card = attachment.GetProperty("content");
        Assert.All(card.GetProperty("body").EnumerateArray(), block => Assert.Equal("RichTextBlock", Text(block, "type")));
        Assert.Contains("“A red part dropped on the floor.”", card.ToString(), StringComparison.Ordinal);
        Assert.Contains("850 ms", card.ToString(), StringComparison.Ordinal);
        Assert.Equal("https://plant.example.com/vision/incidents/inc_1", Text(card.GetProperty("actions")[0], "url"));
    }

    [Fact]
    public void A_dashboard_address_that_would_not_fit_is_refused_at_the_start()
    {
        Assert.Throws<FailureException>(
            () => new DeliveryPlanner(new() { DashboardAddress = new Uri("https://a.example/" + new string('x', 400)) }));
        Assert.Throws<FailureException>(() => new DeliveryPlanner(new() { DashboardAddress = new Uri("ftp://a.example/") }));
    }

    private static DeliveryPlanner Planner(params Entry<EndpointId, EndpointSpec>[] endpoints)
    {
        var planner = new DeliveryPlanner(new DeliveryPlannerOptions { DashboardAddress = Dashboard });
        planner.Apply(Plant(endpoints));
        return planner;
    }

    private static JsonElement Data(Delivery delivery) => JsonSerializer.Deserialize<JsonElement>(delivery.Payload).GetProperty("data");

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static IEnumerable<(string Type, string Text)> TextObjects(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().SelectMany(TextObjects),
        JsonValueKind.Object when element.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String =>
            [(Text(element, "type")!, text.GetString()!)],
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => TextObjects(property.Value)),
        _ => [],
    };
}
