using FastVlm.TestKit;
using FastVlm.TestKit.Scenarios;

namespace FastVlm.Embedded.Tests.Platform;

/// <summary>The scenarios of the public API on the edition in one process.</summary>
public sealed class PlatformScenarioTests
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
        var clip = Path.Combine(RepositoryFolder.Root, "models", "demo", "demo.mp4");
        var video = await TestFfmpeg.ClipAsync("demo-line.h264", "-i", clip, "-c", "copy", "-bsf:v", "h264_mp4toannexb");
        await using var platform = await PlatformProcess.StartAsync();
        await using var scenarios = new PlatformScenarios(platform, video);
        await scenario(scenarios);
    }
}
