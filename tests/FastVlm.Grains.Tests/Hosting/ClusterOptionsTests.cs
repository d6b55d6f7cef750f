using System.Net;
using FastVlm.Grains.Hosting;
using FastVlm.Grains.Members;
using Orleans.Configuration;
using ClusterOptions = FastVlm.Grains.Hosting.ClusterOptions;

namespace FastVlm.Grains.Tests.Hosting;

public sealed class ClusterOptionsTests
{
    [Fact]
    public void Every_fault_is_told_at_once()
    {
        var faults = ClusterOptionsRules.Faults(new ClusterOptions
        {
            SiloName = "line 1/gpu0",
            Roles = SiloRoles.Web,
            Devices = ["cpu0"],
            Address = IPAddress.Any,
            SiloPort = 0,
            ConnectionString = "nonsense",
            DetectFailureWithin = TimeSpan.FromSeconds(1),
        });

        Assert.Equal(
            [
                "The node's name 'line 1/gpu0' is none: 1 to 64 letters, digits, '-', '_' or '.'.",
                "Node 'line 1/gpu0' has devices (cpu0) but not the role gpu.",
                "Other nodes cannot reach '0.0.0.0': give the address of one network interface.",
                "The port 0 is none: 1 to 65535.",
                "The connection string cannot be read; e.g. 'Host=db;Database=fastvlm;Username=fastvlm;Password=…'.",
                "A failure is to be detected within 1 s; it can be 2 to 120 s.",
            ],
            faults);
    }

    [Fact]
    public void A_connection_string_is_never_part_of_a_message() =>
        Assert.DoesNotContain(
            ClusterOptionsRules.Faults(new ClusterOptions { ConnectionString = "Password=secret" }),
            fault => fault.Contains("secret", StringComparison.Ordinal));

    [Fact]
    public void Sound_options_have_no_fault() =>
        Assert.Empty(ClusterOptionsRules.Faults(new ClusterOptions { SiloName = "line-1", Devices = ["gpu0", "gpu1"] }));

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(120)]
    public void A_silent_node_is_dead_in_time(int seconds)
    {
        var options = new ClusterMembershipOptions();
        FailureDetection.Within(TimeSpan.FromSeconds(seconds)).ApplyTo(options);

        // Until the next probe, two that time out, the indirect one, and one more where the last message was too fresh.
        var longest = options.ProbeTimeout * 3 + options.MaxProbeTimeout * 2;

        Assert.True(longest.TotalSeconds <= seconds + 0.001, $"{longest.TotalSeconds} s");
        Assert.Equal((3, 2), (options.NumMissedProbesLimit, options.NumVotesForDeathDeclaration));
    }
}
