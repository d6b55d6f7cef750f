using System.CommandLine;
using FastVlm.Pipeline;
using FastVlm.Silo.Simulation;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FastVlm.Silo.Commands;

/// <summary><c>fastvlm-silo simulate</c>: a whole cluster in this process, with scripted cameras, devices and time.</summary>
internal static class SimulateCommand
{
    private static readonly SimulationPlan Defaults = new();
    private static readonly Option<int> Silos = Number("--silos", Defaults.Silos, "Nodes, in this process, over TCP on this machine.");
    private static readonly Option<int> Cameras = Number("--cameras", Defaults.Cameras, "Cameras of the cluster.");
    private static readonly Option<double> LooksPerSecond = Share("--looks-per-second", Defaults.LooksPerSecond, "Of each camera.");
    private static readonly Option<double> Seconds = Share("--seconds", Defaults.Seconds, "Simulated time to measure.");
    private static readonly Option<double> ModelMs = Share("--model-ms", Defaults.ModelMilliseconds, "Simulated time of a look.");
    private static readonly Option<int> Devices = Number("--devices-per-silo", Defaults.DevicesPerSilo, "Devices of each node.");
    private static readonly Option<int> Rules = Number("--rules", Defaults.Rules, "Rules that judge every caption.");
    private static readonly Option<int> LooksPerEvent = Number(
        "--looks-per-event", Defaults.LooksPerEvent, "A camera has an event once in so many looks.");

    private static readonly Option<double?> KillSiloAt = Moment("--kill-silo-at", "Cut off the last node at this second.");
    private static readonly Option<double?> AddSiloAt = Moment("--add-silo-at", "Start one more node at this second.");
    private static readonly Option<int> Subscribers = Number(
        "--subscribers", Defaults.Subscribers, "Readers of all live events on the first node.");

    private static readonly Option<int> Seed = Number("--seed", Defaults.Seed, "Equal seeds give equal stories.");

    private static readonly Option<int> DetectFailure = Number(
        "--detect-failure-seconds", Defaults.DetectFailureSeconds, "How long a node may be silent, in real seconds.");

    private static readonly Option<bool> Json = new("--json") { Description = "Write the figures as JSON." };
    private static readonly Option<bool> Verbose = new("--verbose") { Description = "Show the nodes' warnings." };

    public static Command Build()
    {
        var command = new Command("simulate", "Simulate a cluster on this machine: size, placement, failover and fair share.")
        {
            Silos, Cameras, LooksPerSecond, Seconds, ModelMs, Devices, Rules, LooksPerEvent, KillSiloAt, AddSiloAt, Subscribers, Seed,
            DetectFailure, Json, Verbose,
        };
        command.SetAction(RunAsync);
        return command;
    }

    /// <returns>1 where a promise is broken.</returns>
    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var plan = Read(parsed);
        if (plan.Faults().ToList() is { Count: > 0 } faults)
        {
            throw new FailureException(FailureKind.Usage, string.Join(' ', faults));
        }

        using var logs = parsed.GetValue(Verbose)
            ? LoggerFactory.Create(logging => RunCommand.Configure(logging.SetMinimumLevel(LogLevel.Warning), json: false, verbose: false))
            : NullLoggerFactory.Instance;
        var (output, progress) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var figures = await Simulation.Simulation.RunAsync(plan, progress, logs, TimeProvider.System, cancellationToken);
        await output.WriteLineAsync(parsed.GetValue(Json) ? SimulationReport.ToJson(figures) : SimulationReport.ToText(figures));
        foreach (var broken in figures.Broken)
        {
            await progress.WriteLineAsync($"Broken promise: {broken}");
        }

        return figures.Broken.Count == 0 ? 0 : 1;
    }

    private static SimulationPlan Read(ParseResult parsed) => new()
    {
        Silos = parsed.GetValue(Silos),
        Cameras = parsed.GetValue(Cameras),
        LooksPerSecond = parsed.GetValue(LooksPerSecond),
        Seconds = parsed.GetValue(Seconds),
        ModelMilliseconds = parsed.GetValue(ModelMs),
        DevicesPerSilo = parsed.GetValue(Devices),
        Rules = parsed.GetValue(Rules),
        LooksPerEvent = parsed.GetValue(LooksPerEvent),
        KillSiloAt = parsed.GetValue(KillSiloAt),
        AddSiloAt = parsed.GetValue(AddSiloAt),
        Subscribers = parsed.GetValue(Subscribers),
        Seed = parsed.GetValue(Seed),
        DetectFailureSeconds = parsed.GetValue(DetectFailure),
    };

    private static Option<int> Number(string name, int value, string description) =>
        new(name) { Description = description, DefaultValueFactory = _ => value, HelpName = "N" };

    private static Option<double> Share(string name, double value, string description) =>
        new(name) { Description = description, DefaultValueFactory = _ => value, HelpName = "X" };

    private static Option<double?> Moment(string name, string description) => new(name) { Description = description, HelpName = "S" };
}
