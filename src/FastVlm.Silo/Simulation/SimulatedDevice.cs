using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;
using FastVlm.Silo.Platform;
using Microsoft.Extensions.Logging;

namespace FastVlm.Silo.Simulation;

/// <summary>
/// A device whose model serves one look after the other, each for the same simulated time, and works ahead of the clock by
/// less than a step. It says what the picture shows.
/// </summary>
internal sealed class SimulatedDevice : IVisionLanguageModel
{
    private readonly SimulatedClock clock;
    private readonly TimeSpan cost;
    private DateTimeOffset free = DateTimeOffset.MinValue;
    private long heldUntilTicks;
    private long looks;

    public SimulatedDevice(string name, SimulationPlan plan, SimulatedClock clock, NodeClock nodeClock, ILogger logger)
    {
        this.clock = clock;
        cost = plan.ModelTime;
        Device = SiloModels.NewDevice(name, this, new ModelCard { Name = "simulated", Licence = "none" }, nodeClock, logger);
    }

    public SiloDevice Device { get; }

    public ModelDescription Description { get; } = new()
    {
        Name = "simulated",
        Licence = "none",
        InputSizePx = 8,
        Device = "none",
        ContextLength = 4096,
        Fingerprint = "0000000000000000",
    };

    /// <summary>Looks so far.</summary>
    public long Looks => Interlocked.Read(ref looks);

    /// <summary>Looks that wait for simulated time; null while it has work for the present moment.</summary>
    public int? Held
    {
        get
        {
            var isHeld = Interlocked.Read(ref heldUntilTicks) > clock.Limit.UtcTicks;
            var waiting = Device.Worker.QueueLength;
            return isHeld ? waiting + 1 : waiting == 0 ? 0 : null;
        }
    }

    public Generation Generate(RgbImage image, GenerationRequest request, Action<string>? onText, CancellationToken cancellationToken)
    {
        // From the beginning of the step, not from the present moment: the thread may be late, the device is not.
        var earliest = clock.Limit - SimulationPlan.Step;
        free = (free > earliest ? free : earliest) + cost;
        Interlocked.Exchange(ref heldUntilTicks, free.UtcTicks);
        clock.HoldUntil(free, cancellationToken);
        Interlocked.Increment(ref looks);
        var text = SimulatedStory.CaptionOf(image);
        var words = text.Split(' ');
        for (var i = 0; i < words.Length; i++)
        {
            onText?.Invoke(i == 0 ? words[i] : " " + words[i]);
        }

        return new Generation
        {
            Text = text,
            TokenIds = new int[words.Length],
            FinishReason = cancellationToken.IsCancellationRequested ? FinishReason.Cancelled : FinishReason.Stop,
            YesProbabilities = [.. request.Questions.Select(_ => 0.1)],
            Statistics = new GenerationStatistics
            {
                Preprocess = TimeSpan.Zero,
                Encode = cost,
                Prefill = TimeSpan.Zero,
                TimeToFirstToken = cost,
                Decode = TimeSpan.Zero,
                PromptTokenCount = 300,
                NewTokenCount = words.Length,
            },
        };
    }

    public void Dispose()
    {
    }
}
