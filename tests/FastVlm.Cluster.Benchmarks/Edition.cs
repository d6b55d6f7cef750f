using FastVlm.Benchmarks.Load;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;
using FastVlm.Silo.Simulation;

namespace FastVlm.Cluster.Benchmarks;

/// <summary>One of the two editions under load, in this process.</summary>
internal abstract class Edition(LoadPlan plan) : IAsyncDisposable
{
    private readonly List<Task> _tasks = [];
    private readonly CancellationTokenSource _stop = new();

    public LoadPlan Plan => plan;

    public TimeProvider Time { get; } = TimeProvider.System;

    public SaturatingCameras Cameras { get; } = new(plan, TimeProvider.System);

    public DeliveryPlanner Planner { get; } = new(new DeliveryPlannerOptions { DashboardAddress = new Uri("http://127.0.0.1") });

    /// <summary>Processor time of the database's own processes so far.</summary>
    public virtual TimeSpan DatabaseProcessor => TimeSpan.Zero;

    public abstract Task StartAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    protected void Begin(Func<CancellationToken, Task> run) => _tasks.Add(Task.Run(() => run(_stop.Token)));

    protected PlatformConfiguration Configuration()
    {
        var now = Time.GetUtcNow();
        return new PlatformConfiguration
        {
            Cameras = [.. Enumerable.Range(0, plan.Cameras).Select(camera => new Entry<CameraId, CameraSpec>
            {
                Id = SimulatedStory.IdOf(camera),
                Spec = new CameraSpec
                {
                    Name = $"Camera {camera}",
                    Url = new CameraUrl("rtsp://127.0.0.1/saturating"),
                    Prompt = ScriptedModel.PromptOf(camera),
                    Sampling = new SamplingSpec { RatePerSecond = plan.LooksPerSecond, SceneChange = false },
                },
                CreatedAt = now,
                UpdatedAt = now,
            })],
            Rules = [.. LoadRules.Of(plan.Rules).Select((rule, number) => new Entry<RuleId, RuleSpec>
            {
                Id = new RuleId($"rule-{number}"), Spec = rule, CreatedAt = now, UpdatedAt = now,
            })],
        };
    }

    /// <summary>Tells each camera that its look is stored: it shows the next picture then.</summary>
    protected sealed class SignallingJournal(IStageJournal journal, SaturatingCameras cameras) : IStageJournal
    {
        public async Task AppendAsync(StageEntry entry, CancellationToken cancellationToken)
        {
            await journal.AppendAsync(entry, cancellationToken);
            if (entry.Caption is { } caption)
            {
                cameras.Stored(SimulatedStory.NumberOf(caption.CameraId));
            }
        }
    }
}
