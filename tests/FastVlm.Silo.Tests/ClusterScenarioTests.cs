using FastVlm.TestKit;
using FastVlm.TestKit.Scenarios;

namespace FastVlm.Silo.Tests;

/// <summary>The scenarios of the public API, unchanged, on three nodes over PostgreSQL.</summary>
public sealed class ClusterScenarioTests
{
    [Fact]
    public Task A_registered_camera_is_captioned_and_keeps_its_password() =>
        RunAsync(scenarios => scenarios.A_registered_camera_is_captioned_and_keeps_its_password());

    [Fact]
    public Task A_dropped_part_is_one_incident_that_is_told_once_and_cleared_once() =>
        RunAsync(scenarios => scenarios.A_dropped_part_is_one_incident_that_is_told_once_and_cleared_once());

    [Fact]
    public Task A_camera_that_is_lost_is_an_incident_and_recovers() =>
        RunAsync(scenarios => scenarios.A_camera_that_is_lost_is_an_incident_and_recovers());

    [Fact]
    public Task A_crash_loses_nothing_that_was_stored() =>
        RunAsync(scenarios => scenarios.A_crash_loses_nothing_that_was_stored());

    [Fact]
    public Task A_new_prompt_applies_without_a_new_connection() =>
        RunAsync(scenarios => scenarios.A_new_prompt_applies_without_a_new_connection());

    [Fact]
    public Task A_camera_is_switched_off_and_deleted() =>
        RunAsync(scenarios => scenarios.A_camera_is_switched_off_and_deleted());

    private static async Task RunAsync(Func<PlatformScenarios, Task> scenario)
    {
        Assert.SkipWhen(PostgresServer.WhyNot is not null, PostgresServer.WhyNot ?? "");
        await using var cluster = await SiloCluster.StartAsync();
        await using var scenarios = new PlatformScenarios(cluster, await DemoModel.LineVideoAsync());
        try
        {
            await scenario(scenarios);
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{failed.Message}\n{cluster.LogOf(0)}", failed);
        }
    }
}
