using FastVlm.Silo.Simulation;
using Microsoft.Extensions.Logging.Abstractions;

namespace FastVlm.Silo.Tests.Simulation;

public sealed class SimulationTests
{
    private static readonly SimulationPlan Small = new()
    {
        Silos = 3,
        Cameras = 60,
        LooksPerSecond = 2,
        LooksPerEvent = SimulationPlan.LooksOfEvent * 3,
        Seconds = 4,
    };

    [Fact]
    public async Task A_node_that_dies_and_one_that_comes_break_no_promise()
    {
        var figures = await RunAsync(Small with { Seconds = 30, KillSiloAt = 2, AddSiloAt = 8, DetectFailureSeconds = 10 });

        Assert.Empty(figures.Broken);
        Assert.Equal(20, figures.KilledCameras);
        Assert.NotNull(figures.RecoveredInSimulatedSeconds);
        Assert.Equal(["silo-1", "silo-2", "silo-4"], figures.CamerasPerSilo.Keys.Order());
        Assert.Equal(60, figures.CamerasPerSilo.Values.Sum());
        Assert.True(figures.IncidentsOpened > 60, $"{figures.IncidentsOpened} incidents of 60 cameras.");
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_incidents()
    {
        var first = await RunAsync(Small);
        var second = await RunAsync(Small);

        Assert.Empty(first.Broken);
        Assert.NotEmpty(first.Incidents);
        Assert.Equal(first.Incidents, second.Incidents);
        Assert.Equal(20, first.CamerasPerSilo.Values.Max());
        Assert.Equal(1, first.FairShare);
    }

    [Fact]
    public async Task A_cluster_that_is_too_small_gives_every_camera_its_share()
    {
        // 60 looks a second can be had of the 120 that are asked for.
        var figures = await RunAsync(Small with { ModelMilliseconds = 50, LooksPerEvent = 60, Seconds = 20 });

        Assert.Empty(figures.Broken);
        Assert.InRange(figures.CaptionsPerSecond, 54, 62);
        Assert.True(figures.FairShare > 0.9, $"{figures.FairShare:0.00} of the cameras had half of their share.");
        Assert.True(figures.FrameAgeP99Seconds < 5.1, $"{figures.FrameAgeP99Seconds:0.0} s.");
    }

    private static async Task<SimulationFigures> RunAsync(SimulationPlan plan) => await Silo.Simulation.Simulation.RunAsync(
        plan, TextWriter.Null, NullLoggerFactory.Instance, TimeProvider.System, TestContext.Current.CancellationToken);
}
