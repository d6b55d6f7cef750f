using System.Runtime.CompilerServices;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Rules;
using FastVlm.Pipeline.Storage;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Rules;

public sealed class BackTestsTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly CameraId Other = new("other");

    private readonly ManualTimeProvider time = new();
    private readonly StoredCaptions history = new();
    private readonly BackTests tests;

    public BackTestsTests() => tests = new BackTests(history, time, new CollectingLogger());

    public ValueTask DisposeAsync() => tests.DisposeAsync();

    [Fact]
    public async Task Says_what_would_have_been_opened_and_cleared()
    {
        history.Add(
            TestFrames.Camera, "The belt runs.", "A part dropped.", "The dropped part lies there.", "The belt runs.", "All is well.");
        history.Add(Other, "A part dropped.");

        var report = await RunAsync(Request("part dropped", TestRules.Prompt with { OffMisses = 2 }));

        Assert.Equal((BackTestState.Done, 6, 6, 2), (report.State, report.CaptionsRead, report.CaptionsTotal, report.IncidentCount));
        var here = report.Incidents.Single(incident => incident.CameraId == TestFrames.Camera);
        Assert.Equal((Start.AddSeconds(1), Start.AddSeconds(4), 2), (here.OpenedAt, here.ClearedAt, here.Count));
        Assert.Equal(("A part dropped.", "part dropped"), (here.Caption, here.Span));
        Assert.Null(report.Incidents.Single(incident => incident.CameraId == Other).ClearedAt);
    }

    [Fact]
    public async Task Judges_questions_only_where_the_same_one_was_asked()
    {
        history.Add(TestFrames.Camera, "x", "x", "x", "x");
        history.Answer(0, "stored", 0.9);
        history.Answer(1, "stored", 0.1);
        history.Answer(2, "stored", 0.8);
        history.Answer(3, "another", 0.9);
        var request = Request("x") with
        {
            Rule = new RuleSpec { Kind = RuleKind.Question, Question = "Smoke?", Threshold = 0.7, Timing = TestRules.Prompt },
            StoredRules =
            [
                TestRules.Question(" Smoke? ", id: "stored") with { UpdatedAt = Start.AddSeconds(1) },
                TestRules.Question("Fire?", id: "another"),
            ],
        };

        var report = await RunAsync(request);

        // The first answer is older than the rule as it stands: another question may have been asked then.
        Assert.Equal((2, 1), (report.CaptionsNotJudged, report.IncidentCount));
        Assert.Equal(Start.AddSeconds(2), report.Incidents[0].OpenedAt);
    }

    [Fact]
    public async Task Lists_the_first_incidents_and_counts_all()
    {
        history.Add(TestFrames.Camera, [.. Enumerable.Range(0, 1001).Select(i => i % 2 == 0 ? "A part dropped." : "The belt runs.")]);

        var report = await RunAsync(Request("part dropped"));

        Assert.Equal((501, Limits.BackTestIncidentsMax), (report.IncidentCount, report.Incidents.Count));
        Assert.All(report.Incidents, incident => Assert.Equal(incident.OpenedAt.AddSeconds(1), incident.ClearedAt));
    }

    [Fact]
    public void Refuses_what_is_wrong_with_the_paths_of_the_request()
    {
        var start = tests.Start(Request("part and") with { Span = new CaptionSpan([], Start, Start) });

        Assert.Equal(["$.rule.expression", "$.to"], start.Errors.Select(error => error.Path));
        Assert.Null(start.Report);
    }

    [Fact]
    public async Task Can_be_cancelled_and_shows_how_far_it_came()
    {
        history.Add(TestFrames.Camera, [.. Enumerable.Repeat("A part dropped.", Limits.BackTestProgressEvery + 1)]);
        history.HoldAfter = Limits.BackTestProgressEvery;
        var id = tests.Start(Request("part dropped")).Report!.Id;
        await history.Held.Task.Within("the history is held");

        var running = tests.Find(id)!;
        Assert.Equal(
            (BackTestState.Running, (long)Limits.BackTestProgressEvery, 1),
            (running.State, running.CaptionsRead, running.IncidentCount));
        Assert.True(tests.Cancel(id));
        Assert.Equal(BackTestState.Cancelled, (await EndedAsync(id)).State);
        Assert.False(tests.Cancel("unknown"));
    }

    [Fact]
    public async Task Only_a_few_run_at_once_and_what_is_done_is_forgotten_after_an_hour()
    {
        history.Add(TestFrames.Camera, "A part dropped.");
        history.HoldAfter = 0;
        var ids = Enumerable.Range(0, Limits.BackTestsRunningMax).Select(_ => tests.Start(Request("smoke")).Report!.Id).ToList();
        Assert.True(tests.Start(Request("smoke")).IsBusy);

        history.Release.SetResult();
        foreach (var id in ids)
        {
            Assert.Equal(BackTestState.Done, (await EndedAsync(id)).State);
        }

        time.Advance(Limits.BackTestKeptFor);
        Assert.NotNull(tests.Find(ids[0]));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(tests.Find(ids[0]));
    }

    [Fact]
    public async Task A_store_that_fails_ends_it_with_the_reason()
    {
        history.Failure = new StorageException("The database is damaged; restore a backup.");

        var report = await RunAsync(Request("smoke"));

        Assert.Equal((BackTestState.Failed, "The database is damaged; restore a backup."), (report.State, report.Error));
    }

    private static BackTestRequest Request(string expression, RuleTiming? timing = null) => new()
    {
        Rule = new RuleSpec { Expression = expression, Timing = timing ?? TestRules.Prompt },
        Span = new CaptionSpan([TestFrames.Camera, Other], Start, Start.AddDays(1)),
    };

    private async Task<BackTestReport> RunAsync(BackTestRequest request) => await EndedAsync(tests.Start(request).Report!.Id);

    private async Task<BackTestReport> EndedAsync(string id)
    {
        await TestTimeouts.UntilAsync(() => tests.Find(id)!.State != BackTestState.Running, "the end of the back-test");
        return tests.Find(id)!;
    }

    /// <summary>Captions in memory, one per second at each camera.</summary>
    private sealed class StoredCaptions : ICaptionHistory
    {
        private readonly List<CaptionRecord> captions = [];

        public Exception? Failure { get; set; }

        public int? HoldAfter { get; set; }

        public TaskCompletionSource Held { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Add(CameraId camera, params string[] texts) => captions.AddRange(texts.Select((text, i) => new CaptionRecord
        {
            Id = new CaptionId($"{camera}-{i}"),
            CameraId = camera,
            Text = text,
            Prompt = TestCaptions.Prompt,
            ModelName = "fake",
            Stamps = new StageStamps { CapturedAt = Start.AddSeconds(i) },
            FrameAge = default,
            TimeToFirstToken = default,
            NewTokenCount = 1,
        }));

        public void Answer(int index, string rule, double yes) =>
            captions[index] = captions[index] with { Answers = new Dictionary<RuleId, double> { [new RuleId(rule)] = yes } };

        public async IAsyncEnumerable<CaptionRecord> ReadAsync(
            CaptionSpan span, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            for (var i = 0; i < captions.Count; i++)
            {
                if (i == HoldAfter)
                {
                    Held.TrySetResult();
                    await Release.Task.WaitAsync(cancellationToken);
                }

                yield return captions[i];
            }
        }

        public Task<long> CountAsync(CaptionSpan span, CancellationToken cancellationToken) =>
            Failure is null ? Task.FromResult((long)captions.Count) : Task.FromException<long>(Failure);

        public Task<IReadOnlyList<CaptionRecord>> FindAsync(CaptionQuery query, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<CaptionRecord>>([]);

        public Task<CaptionRecord?> FindAsync(CaptionId id, CancellationToken cancellationToken) => Task.FromResult<CaptionRecord?>(null);
    }
}
