using System.Collections.Concurrent;
using System.Diagnostics;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;

namespace FastVlm.Benchmarks.Load;

/// <summary>
/// A model with a fixed service time, during which it uses no processor, as a GPU would. Each camera has a story of its
/// own, told by its prompt: mostly nothing happens, now and then a part lies on the floor for a few looks.
/// </summary>
internal sealed class ScriptedModel(LoadPlan plan) : IVisionLanguageModel
{
    /// <summary>Looks of an event: enough for "ongoing", then it clears.</summary>
    public const int LooksOfEvent = 5;

    public const string EventQuestion = "Is a part dropped on the floor?";

    private static readonly string[] Ordinary =
    [
        "The conveyor carries three parts: two red gears and one blue bolt.",
        "The conveyor carries one part: a green ring. A person stands beside the belt.",
        "The belt is empty and no part is on the floor.",
        "The belt runs with four yellow blocks and a white bolt; an open box waits at the end.",
        "The conveyor carries two parts: a white gear and a red ring. A forklift is behind the conveyor.",
        "Two blue bolts and a green gear move along the belt. The box at the end is closed.",
    ];

    private const string Event = "A red gear has dropped on the floor beside the conveyor. Two blue bolts are on the belt.";

    /// <summary>All that it says.</summary>
    public static IReadOnlyList<string> Captions { get; } = [.. Ordinary, Event];

    private readonly ConcurrentDictionary<string, int> _looks = new();

    public ModelDescription Description { get; } = new()
    {
        Name = "scripted",
        Licence = "none",
        InputSizePx = Math.Max(plan.WidthPx, plan.HeightPx),
        Device = "none",
        ContextLength = 4096,
        Fingerprint = "0000000000000000",
    };

    /// <summary>The prompt of a camera; its number is how the model knows it.</summary>
    public static string PromptOf(int camera) => $"Describe the image of camera {camera}.";

    public Generation Generate(RgbImage image, GenerationRequest request, Action<string>? onText, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var look = _looks.AddOrUpdate(request.Prompt, key => StartOf(key, plan), (_, last) => last + 1);
        var isEvent = look % plan.LooksPerEvent < LooksOfEvent;
        var words = (isEvent ? Event : Ordinary[look % Ordinary.Length]).Split(' ');

        cancellationToken.WaitHandle.WaitOne(plan.ModelTime);
        var firstToken = Stopwatch.GetElapsedTime(started);
        for (var i = 0; i < words.Length; i++) onText?.Invoke(i == 0 ? words[i] : " " + words[i]);

        return new Generation
        {
            Text = string.Join(' ', words),
            TokenIds = [.. Enumerable.Range(0, words.Length)],
            FinishReason = FinishReason.Stop,
            YesProbabilities = [.. request.Questions.Select(question => isEvent && question == EventQuestion ? 0.9 : 0.1)],
            Statistics = new GenerationStatistics
            {
                Preprocess = TimeSpan.Zero,
                Encode = firstToken,
                Prefill = TimeSpan.Zero,
                TimeToFirstToken = firstToken,
                Decode = Stopwatch.GetElapsedTime(started) - firstToken,
                PromptTokenCount = 300,
                NewTokenCount = words.Length,
            },
        };
    }

    public void Dispose()
    {
    }

    // Cameras begin at different places of their story, so that events come evenly; the first event is never at once.
    private static int StartOf(string prompt, LoadPlan plan)
    {
        var camera = int.Parse(prompt.AsSpan(prompt.LastIndexOf(' ') + 1).TrimEnd('.'), System.Globalization.CultureInfo.InvariantCulture);
        return LooksOfEvent + (int)((long)camera * plan.LooksPerEvent / Math.Max(1, plan.Cameras)) % (plan.LooksPerEvent - LooksOfEvent);
    }
}
