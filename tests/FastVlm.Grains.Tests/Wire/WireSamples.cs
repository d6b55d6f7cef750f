using FastVlm.Grains.Cameras;
using FastVlm.Grains.Inference;
using FastVlm.Grains.Live;
using FastVlm.Grains.Rules;
using FastVlm.Grains.Silos;
using FastVlm.Grains.Wire;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Nodes;

namespace FastVlm.Grains.Tests.Wire;

/// <summary>
/// A value of everything that travels between nodes, no member left at its default. The files in Wire/v1 were written from
/// them; a member that is added later stays at its default here, and is tested elsewhere.
/// </summary>
internal static class WireSamples
{
    private static readonly DateTimeOffset At = new(2026, 11, 27, 8, 30, 15, 250, TimeSpan.Zero);

    private static readonly GenerationRequest Asked = new()
    {
        Prompt = "Describe the picture.",
        SystemPrompt = "Be brief.",
        MaxNewTokens = 48,
        Temperature = 0.5,
        TopP = 0.9,
        BeamCount = 1,
        RepetitionPenalty = 1.1,
        Seed = 42,
        Questions = ["Is a person there?"],
    };

    private static readonly StageStamps Stamps = new()
    {
        CapturedAt = At,
        SampledAt = At.AddMilliseconds(5),
        QueuedAt = At.AddMilliseconds(10),
        StartedAt = At.AddMilliseconds(20),
        EncodedAt = At.AddMilliseconds(60),
        FirstTokenAt = At.AddMilliseconds(90),
        LastTokenAt = At.AddMilliseconds(140),
        MatchedAt = At.AddMilliseconds(150),
        StoredAt = At.AddMilliseconds(160),
        DeliveredAt = At.AddMilliseconds(700),
    };

    public static readonly CaptionRecord Record = new()
    {
        Id = new CaptionId("cap_1"),
        CameraId = new CameraId("cam_1"),
        Text = "A part lies on the floor.",
        Prompt = "Describe the picture.",
        ModelName = "fastvlm-nano",
        Reason = SampleReason.SceneChange,
        FrameIndex = 77,
        Stamps = Stamps,
        FrameAge = TimeSpan.FromMilliseconds(140),
        TimeToFirstToken = TimeSpan.FromMilliseconds(70),
        NewTokenCount = 7,
        MatchedRules = [new RuleId("rule_1")],
        Answers = new Dictionary<RuleId, double> { [new RuleId("rule_2")] = 0.25 },
    };

    public static readonly Caption Caption = new()
    {
        Frame = new FrameMark
        {
            CameraId = new CameraId("cam_1"), Index = 77, CapturedAt = At, MediaTime = TimeSpan.FromSeconds(12.5), IsSceneChange = true,
        },
        Stamps = Stamps,
        Prompt = "Describe the picture.",
        Text = "A part lies on the floor.",
        FinishReason = FinishReason.Length,
        Statistics = new GenerationStatistics
        {
            Preprocess = TimeSpan.FromMilliseconds(1),
            Encode = TimeSpan.FromMilliseconds(40),
            Prefill = TimeSpan.FromMilliseconds(20),
            TimeToFirstToken = TimeSpan.FromMilliseconds(70),
            Decode = TimeSpan.FromMilliseconds(50),
            Questions = TimeSpan.FromMilliseconds(9),
            PromptTokenCount = 60,
            NewTokenCount = 7,
        },
        ModelName = "fastvlm-nano",
        ModelFingerprint = "0123abcd",
        Parameters = Asked,
        YesProbabilities = [0.25],
        Reason = SampleReason.SceneChange,
    };

    public static readonly CameraReport Report = new()
    {
        Status = new CameraStatus
        {
            CameraId = new CameraId("cam_1"),
            State = CameraState.Offline,
            Since = At,
            Reason = "The camera refuses the password.",
            FailureKind = FailureKind.SourceUnreachable,
            Attempt = 3,
            DownSince = At.AddMinutes(-1),
            RetryIn = TimeSpan.FromSeconds(4),
        },
        Counters = new FeedCounters
        {
            FramesRead = 100,
            FramesSampled = 20,
            FramesCaptioned = 19,
            FramesDropped = new Dictionary<DropReason, long> { [DropReason.NotDue] = 80, [DropReason.TooOld] = 1 },
            Restarts = 2,
            Stalls = 1,
        },
        LastCaption = Record,
        SourceDescription = "h264 1280×720 25/s",
    };

    public static readonly NodeReport Node = new()
    {
        Name = "line-1",
        Version = "0.1.0",
        Roles = ["camera", "gpu"],
        State = NodeState.ShuttingDown,
        CameraCount = 4,
        StageCount = 5,
        Devices =
        [
            new DeviceReport
            {
                Name = "gpu0",
                Waiting = 2,
                AnsweredCount = 1234,
                Model = new ModelCard
                {
                    Name = "fastvlm-nano",
                    Licence = "Apache-2.0",
                    LicenceNotice = "None.",
                    IsActive = true,
                    IsInstalled = true,
                    SizeBytes = 5_000_000,
                    Dtype = "fp32",
                    Description = new ModelDescription
                    {
                        Name = "fastvlm-nano",
                        Licence = "Apache-2.0",
                        InputSizePx = 192,
                        Device = "cuda:0",
                        ContextLength = 256,
                        Fingerprint = "0123abcd",
                    },
                    Figures = new ModelFigures
                    {
                        LookCount = 1234,
                        TimeToFirstTokenMedianSeconds = 0.07,
                        TimeToFirstTokenP95Seconds = 0.09,
                        TokensPerSecondMedian = 140,
                        LooksPerSecond = 8,
                    },
                },
            },
        ],
    };

    public static readonly Incident Incident = new()
    {
        Id = new IncidentId("inc_1"),
        Kind = IncidentKind.Rule,
        CameraId = new CameraId("cam_1"),
        RuleId = new RuleId("rule_1"),
        EndpointId = new EndpointId("ep_1"),
        Title = "Part dropped at Line 3",
        Why = "The caption says \"lies on the floor\".",
        Severity = Severity.Critical,
        State = IncidentState.Cleared,
        OpenedAt = At,
        LastSeenAt = At.AddSeconds(4),
        ClearedAt = At.AddSeconds(9),
        ClearReason = "No match in 3 looks in a row and 5 s.",
        Count = 5,
        Alert = AlertState.HeldBack,
        AcknowledgedAt = At.AddSeconds(7),
        AcknowledgedBy = "Ada",
        Verdict = true,
        VerdictNote = "It was so.",
    };

    private static readonly EvidencePicture Picture = new()
    {
        CapturedAt = At, IsTrigger = true, WidthPx = 512, HeightPx = 288, Sha256 = "ab", PixelsSha256 = "cd", Jpeg = Jpeg,
    };

    private static readonly StagesWire Stages = StagesWire.Of(Stamps);

    private static readonly FrameWire Frame = new()
    {
        CameraId = "cam_1",
        Index = 77,
        Age = TimeSpan.FromMilliseconds(5),
        MediaTime = TimeSpan.FromSeconds(12.5),
        IsSceneChange = true,
        Format = PictureFormat.Jpeg,
        WidthPx = 512,
        HeightPx = 288,
        Bytes = Jpeg,
    };

    /// <summary>By their names, which name their files.</summary>
    public static IReadOnlyDictionary<string, object> Binary { get; } = ((object[])
    [
        Frame,
        AskWire.Of(
            new CaptionRequest
            {
                Frame = new Frame { CameraId = new CameraId("cam_1"), Index = 77, CapturedAt = At, Image = new RgbImage(1, 1, [1, 2, 3]) },
                Generation = Asked,
                SampledAt = At.AddMilliseconds(5),
                Reason = SampleReason.SceneChange,
                FrameAgeMax = TimeSpan.FromSeconds(5),
                OnText = _ => { },
            },
            Frame,
            At.AddMilliseconds(8)),
        new AnswerWire
        {
            Words = WordsWire.Of(Caption),
            Refusal = RefusalReason.Failed,
            Detail = "The model failed.",
            FailureKind = FailureKind.ModelInvalid,
            Stages = Stages,
            Load = new LoadWire(3),
        },
        WordsWire.Of(Caption),
        CostWire.Of(Caption.Statistics),
        Stages,
        new LoadWire(3),
        new LookWire { Caption = JsonWire.Of(Caption), FeedEpoch = 5, Silo = "line-1" },
        new JudgedWire { Caption = JsonWire.Of(Record), Fenced = "Another feed runs." },
        JsonWire.Of(Incident),
        EvidenceWire.Of(Picture),
        new NodeCamerasWire(["cam_1", "cam_2"], IsDraining: true),
        new PictureWire("cap_1", At, Jpeg),
        new LiveVideoWire("video/mp2t", Jpeg, "It failed.", FailureKind.SourceUnreachable),
        new LiveBatchWire("line-1", "[]"u8.ToArray(), 9),
        new WrongNodeException("Node 'line-2' is not 'line-1'."),
        new StoreUnavailableException("The database does not answer."),
        new StageMovedException("Another stage judges."),
        new NodeDrainingException("Node 'line-1' stops."),
    ]).ToDictionary(value => value.GetType().Name);

    /// <summary>What <see cref="JsonWire"/> carries, by the names of the files.</summary>
    public static IReadOnlyDictionary<string, object> Json { get; } = ((object[])[Caption, Record, Report, Node, Incident, Picture])
        .ToDictionary(value => value.GetType().Name);

    private static byte[] Jpeg => [0xFF, 0xD8, 0xFF, 0xD9];
}
