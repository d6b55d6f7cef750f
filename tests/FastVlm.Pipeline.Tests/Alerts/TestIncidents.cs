using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;

namespace FastVlm.Pipeline.Tests.Alerts;

/// <summary>A plant with one camera, one rule and the endpoints that a test asks for.</summary>
internal static class TestIncidents
{
    public static readonly DateTimeOffset At = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly CameraId Camera = new("cam_1");
    public static readonly RuleId Rule = new("rule_1");
    public static readonly EndpointId Endpoint = new("ep_1");

    public static Entry<EndpointId, EndpointSpec> EndpointOf(EndpointSpec spec, string id = "ep_1") => new()
    {
        Id = new EndpointId(id),
        Spec = spec with { Name = spec.Name.Length > 0 ? spec.Name : id },
        CreatedAt = At,
        UpdatedAt = At,
    };

    public static PlatformConfiguration Plant(params Entry<EndpointId, EndpointSpec>[] endpoints) => new()
    {
        Cameras =
        [
            new()
            {
                Id = Camera,
                Spec = new CameraSpec { Name = "Line 3", Tags = ["press", "hall-2"] },
                CreatedAt = At,
                UpdatedAt = At,
            },
        ],
        Rules =
        [
            new()
            {
                Id = Rule,
                Spec = new RuleSpec { Name = "Part dropped", Expression = "part dropped" },
                CreatedAt = At,
                UpdatedAt = At,
            },
        ],
        Endpoints = endpoints,
    };

    public static Incident Incident(IncidentKind kind = IncidentKind.Rule) => new()
    {
        Id = new IncidentId("inc_1"),
        Kind = kind,
        CameraId = kind == IncidentKind.EndpointDown ? null : Camera,
        RuleId = kind == IncidentKind.Rule ? Rule : null,
        EndpointId = kind == IncidentKind.EndpointDown ? Endpoint : null,
        Title = "Part dropped at Line 3",
        Why = "The caption says 'part dropped'.",
        Severity = Severity.Warning,
        State = IncidentState.Open,
        OpenedAt = At,
        LastSeenAt = At,
        Count = 1,
    };

    public static Evidence Evidence(string caption = "A red part dropped on the floor.", int pictures = 2) => new()
    {
        Caption = new CaptionRecord
        {
            Id = new CaptionId("cap_1"),
            CameraId = Camera,
            Text = caption,
            Prompt = "Describe.",
            ModelName = "fake",
            FrameIndex = 12,
            Stamps = new StageStamps { CapturedAt = At, MatchedAt = At.AddMilliseconds(850) },
            FrameAge = TimeSpan.FromSeconds(0.8),
            TimeToFirstToken = TimeSpan.FromSeconds(0.2),
            NewTokenCount = 9,
        },
        Rule = new RuleSpec { Name = "Part dropped" },
        Verdict = new RuleVerdict { RuleId = Rule, IsMatch = true, Span = "part dropped", SpanStart = 6, Why = "It says so." },
        ModelFingerprint = "0123abcd",
        Parameters = new GenerationRequest { Prompt = "Describe." },
        Pictures =
        [
            .. Enumerable.Range(0, pictures).Select(i => new EvidencePicture
            {
                CapturedAt = At.AddSeconds(i - pictures + 1),
                IsTrigger = i == pictures - 1,
                WidthPx = 2,
                HeightPx = 1,
                Sha256 = new string('a', 64),
                PixelsSha256 = new string('b', 64),
                Jpeg = new byte[] { 1, 2, 3 },
            }),
        ],
    };

    public static IncidentChange Opened(Incident? incident = null, Evidence? evidence = null) =>
        new(IncidentChangeKind.Opened, incident ?? Incident(), evidence ?? Evidence());
}
