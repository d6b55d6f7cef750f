using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;

namespace FastVlm.TestKit;

/// <summary>Pictures and frames for tests that do not look at pixels.</summary>
public static class TestFrames
{
    public static readonly CameraId Camera = new("test-camera");

    public static Frame At(DateTimeOffset capturedAt, long index = 0, TimeSpan? mediaTime = null) => new()
    {
        CameraId = Camera,
        Index = index,
        CapturedAt = capturedAt,
        MediaTime = mediaTime,
        Image = new RgbImage(2, 1, [1, 2, 3, 4, 5, 6]),
    };
}

/// <summary>A source whose frames, ends and failures a test pushes. Each opening starts a new life that the test can await.</summary>
public sealed class FakeFrameSource : IFrameSource
{
    private Channel<Frame> life = Channel.CreateUnbounded<Frame>();

    /// <summary>One entry per opening: how often the source was opened so far.</summary>
    public Collector<int> Openings { get; } = new("openings");

    /// <summary>One entry per closing.</summary>
    public Collector<int> Closings { get; } = new("closings");

    /// <summary>Thrown by each opening while not null.</summary>
    public Exception? FailureAtOpening { get; set; }

    public void Push(Frame frame) => life.Writer.TryWrite(frame);

    /// <summary>Ends this life, with a failure or without; the next opening starts a new one.</summary>
    public void End(Exception? failure = null) => life.Writer.TryComplete(failure);

    public async IAsyncEnumerable<Frame> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (life.Reader.Completion.IsCompleted)
        {
            life = Channel.CreateUnbounded<Frame>();
        }

        Openings.Add(Openings.Items.Count + 1);
        try
        {
            if (FailureAtOpening is { } failure)
            {
                throw failure;
            }

            await foreach (var frame in life.Reader.ReadAllAsync(cancellationToken))
            {
                yield return frame;
            }
        }
        finally
        {
            Closings.Add(Closings.Items.Count + 1);
        }
    }
}

/// <summary>
/// A model that says what the test tells it to, word by word. It can be held in the middle of a call, and it can fail.
/// </summary>
public sealed class FakeModel : IVisionLanguageModel
{
    private readonly ConcurrentQueue<Func<string>> script = new();
    private readonly ManualResetEventSlim released = new(initialState: true);

    /// <summary>Said when the script is empty.</summary>
    public string DefaultCaption { get; init; } = "The belt is empty.";

    /// <summary>Says what a picture shows when the script is empty; null says <see cref="DefaultCaption"/>.</summary>
    public Func<RgbImage, string>? Sees { get; init; }

    /// <summary>Says how probable "yes" is to a question; no question is, where a test does not say.</summary>
    public Func<string, double> Answer { get; set; } = _ => 0;

    /// <summary>One entry per call: the thread that it came on.</summary>
    public Collector<int> Calls { get; } = new("model calls");

    public ModelDescription Description { get; } = new()
    {
        Name = "fake",
        Licence = "none",
        InputSizePx = 64,
        Device = "cpu",
        ContextLength = 128,
        Fingerprint = "fake",
    };

    public FakeModel Say(params string[] captions)
    {
        foreach (var caption in captions)
        {
            script.Enqueue(() => caption);
        }

        return this;
    }

    public FakeModel Fail(Exception failure)
    {
        script.Enqueue(() => throw failure);
        return this;
    }

    /// <summary>Calls from now on wait for <see cref="Release"/>, or for their cancellation.</summary>
    public void Hold() => released.Reset();

    public void Release() => released.Set();

    public Generation Generate(RgbImage image, GenerationRequest request, Action<string>? onText, CancellationToken cancellationToken)
    {
        Calls.Add(Environment.CurrentManagedThreadId);
        released.Wait(cancellationToken);
        var text = script.TryDequeue(out var next) ? next() : Sees?.Invoke(image) ?? DefaultCaption;
        var words = text.Split(' ');
        for (var i = 0; i < words.Length; i++)
        {
            onText?.Invoke(i == 0 ? words[i] : " " + words[i]);
        }

        return new Generation
        {
            Text = text,
            TokenIds = [.. Enumerable.Range(0, words.Length)],
            FinishReason = FinishReason.Stop,
            YesProbabilities = [.. request.Questions.Select(Answer)],
            Statistics = new GenerationStatistics
            {
                Preprocess = TimeSpan.FromMilliseconds(1),
                Encode = TimeSpan.FromMilliseconds(2),
                Prefill = TimeSpan.FromMilliseconds(3),
                TimeToFirstToken = TimeSpan.FromMilliseconds(7),
                Decode = TimeSpan.FromMilliseconds(10),
                Questions = TimeSpan.FromMilliseconds(request.Questions.Count),
                PromptTokenCount = 16,
                NewTokenCount = words.Length,
            },
        };
    }

    public void Dispose() => released.Dispose();
}

/// <summary>A sink that keeps what it gets.</summary>
public sealed class CollectingSink : ICaptionSink
{
    public Collector<CaptionOutcome> Outcomes { get; } = new("outcomes");

    public Task PublishAsync(Frame frame, CaptionOutcome outcome, CancellationToken cancellationToken)
    {
        Outcomes.Add(outcome);
        return Task.CompletedTask;
    }
}
