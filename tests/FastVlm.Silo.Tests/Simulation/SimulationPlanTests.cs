using FastVlm.Silo.Simulation;

namespace FastVlm.Silo.Tests.Simulation;

public sealed class SimulationPlanTests
{
    [Fact]
    public void The_defaults_are_fine() => Assert.Empty(new SimulationPlan().Faults());

    [Fact]
    public void Each_fault_is_a_sentence_with_the_value_and_what_to_give()
    {
        var plan = new SimulationPlan { Silos = 0, Cameras = 20_000, LooksPerEvent = 3, KillSiloAt = 99 };

        Assert.Equal(
            [
                "--silos is 0; this machine simulates 1 to 16 nodes.",
                "--cameras is 20000; a cluster has 1 to 10000.",
                "--looks-per-event is 3; an event and its clearing take 15 looks, so give at least that.",
                "--kill-silo-at needs a second node that takes over: give --silos 2 or more.",
                "--kill-silo-at is 99; give a second between 0 and --seconds (60).",
            ],
            plan.Faults());
    }

    [Fact]
    public async Task A_faulty_option_ends_the_command_before_anything_starts() =>
        Assert.NotEqual(0, await SiloCommandLine.RunAsync(["simulate", "--cameras", "0"]));
}
