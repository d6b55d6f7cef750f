using System.Globalization;
using System.Security.Cryptography;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Storage.Tests;

/// <summary>Things to store, all members set where it matters.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    public static CaptionRecord Caption(string id, string text = "A part dropped.", string camera = "cam_1", DateTimeOffset? at = null)
    {
        var captured = at ?? Noon;
        return new CaptionRecord
        {
            Id = new CaptionId(id),
            CameraId = new CameraId(camera),
            Text = text,
            Prompt = "What happens?",
            ModelName = "fastvlm-nano",
            Reason = SampleReason.SceneChange,
            FrameIndex = 4711,
            Stamps = new StageStamps
            {
                CapturedAt = captured,
                SampledAt = captured.AddTicks(12_345),
                QueuedAt = captured.AddTicks(23_456),
                FirstTokenAt = captured.AddMilliseconds(80),
                LastTokenAt = captured.AddMilliseconds(250),
                MatchedAt = captured.AddMilliseconds(251),
            },
            FrameAge = TimeSpan.FromTicks(2_500_001),
            TimeToFirstToken = TimeSpan.FromTicks(790_001),
            NewTokenCount = 7,
            MatchedRules = [new RuleId("rule_1"), new RuleId("rule_2")],
            Answers = new Dictionary<RuleId, double> { [new RuleId("rule_3")] = 0.8125 },
        };
    }

    public static Incident Incident(string id, string camera = "cam_1", string rule = "rule_1", DateTimeOffset? at = null) => new()
    {
        Id = new IncidentId(id),
        Kind = IncidentKind.Rule,
        CameraId = new CameraId(camera),
        RuleId = new RuleId(rule),
        Title = "Part dropped at Line 3",
        Why = "\"part dropped\" matched.",
        Severity = Severity.Critical,
        State = IncidentState.Open,
        OpenedAt = at ?? Noon,
        LastSeenAt = at ?? Noon,
        Count = 1,
    };

    public static Delivery Delivery(string id, string incident = "inc_1", string endpoint = "ep_1", DateTimeOffset? at = null) => new()
    {
        Id = new DeliveryId(id),
        EndpointId = new EndpointId(endpoint),
        IncidentId = new IncidentId(incident),
        EventType = "incident.opened",
        Payload = """{"type":"incident.opened"}""",
        CreatedAt = at ?? Noon,
        NextAttemptAt = at ?? Noon,
    };

    public static DeliveryAttempt Attempt(string delivery, int number, DateTimeOffset? at = null) => new()
    {
        DeliveryId = new DeliveryId(delivery),
        Number = number,
        At = at ?? Noon,
        Duration = TimeSpan.FromMilliseconds(120),
        RemoteAddress = "192.0.2.7",
        RequestHeaders = new Dictionary<string, string> { ["webhook-id"] = delivery },
        StatusCode = 503,
        ResponseBody = "busy",
        Error = "The receiver answered 503.",
    };

    public static Evidence Evidence(CaptionRecord caption, params byte[][] pictures) => new()
    {
        Caption = caption,
        Rule = new RuleSpec { Name = "Dropped", Expression = "part dropped" },
        Verdict = new RuleVerdict
        {
            RuleId = new RuleId("rule_1"), IsMatch = true, Span = "part dropped", SpanStart = 2, Why = "It says so.",
        },
        ModelFingerprint = "abc123",
        Parameters = new GenerationRequest { Prompt = caption.Prompt, Questions = ["Is it on fire?"] },
        Pictures =
        [
            .. pictures.Select((jpeg, i) => new EvidencePicture
            {
                CapturedAt = caption.Stamps.CapturedAt.AddSeconds(i - pictures.Length + 1),
                IsTrigger = i == pictures.Length - 1,
                WidthPx = 640,
                HeightPx = 360,
                Sha256 = Convert.ToHexStringLower(SHA256.HashData(jpeg)),
                PixelsSha256 = new string('0', 64),
                Jpeg = jpeg,
            }),
        ],
    };

    public static StageEntry Opened(string incident, CaptionRecord caption, params byte[][] pictures) => new()
    {
        Caption = caption,
        Changes = [new IncidentChange(IncidentChangeKind.Opened, Incident(incident, caption.CameraId.Value), Evidence(caption, pictures))],
    };

    public static StageEntry Only(CaptionRecord caption) => new() { Caption = caption };

    public static string Number(this int number) => number.ToString("0000", CultureInfo.InvariantCulture);
}
