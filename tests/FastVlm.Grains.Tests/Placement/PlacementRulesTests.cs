using System.Net;
using FastVlm.Grains.Members;
using FastVlm.Grains.Placement;

namespace FastVlm.Grains.Tests.Placement;

public sealed class PlacementRulesTests
{
    private static readonly Candidate Web = Of(1, "web-1", SiloRoles.Web);
    private static readonly Candidate Line = Of(2, "line-1", SiloRoles.Camera | SiloRoles.Gpu);
    private static readonly Candidate Unknown = new(Address(3, 1), "line-2", Card: null);

    [Theory]
    [InlineData(SiloRoles.Web, "web-1")]
    [InlineData(SiloRoles.Camera, "line-1")]
    [InlineData(SiloRoles.Gpu, "line-1")]
    public void A_role_is_filled_by_nodes_that_are_known_to_have_it(SiloRoles role, string expected) =>
        Assert.Equal([expected], Names(PlacementRules.WithRole([Web, Line, Unknown], role)));

    [Fact]
    public void Nobody_is_better_than_a_node_that_may_lack_the_role() =>
        Assert.Empty(PlacementRules.WithRole([Web, Unknown], SiloRoles.Camera));

    [Theory]
    [InlineData("line-1", "line-1")]
    [InlineData("line-1/gpu0", "line-1")]
    [InlineData("line-2/cpu0", "line-2")]
    public void A_key_names_its_node(string key, string expected) =>
        Assert.Equal([expected], Names(PlacementRules.Named([Web, Line, Unknown], key)));

    [Theory]
    [InlineData("line-3")]
    [InlineData("line")]
    [InlineData("LINE-1")]
    [InlineData("")]
    public void A_key_that_names_no_live_node_has_no_place(string key) => Assert.Empty(PlacementRules.Named([Web, Line, Unknown], key));

    [Fact]
    public void A_node_that_the_membership_does_not_list_yet_is_no_place() =>
        Assert.Empty(PlacementRules.Named([Line with { Name = null }], "line-1"));

    [Fact]
    public void Of_two_runs_of_a_node_the_newer_is_meant()
    {
        var restarted = Line with { Address = Address(9, generation: 7) };

        Assert.Equal([restarted.Address], PlacementRules.Named([restarted, Line], "line-1"));
        Assert.Equal([restarted.Address], PlacementRules.Named([Line, restarted], "line-1"));
    }

    [Theory]
    [InlineData("line-1", "line-1", null)]
    [InlineData("line-1/gpu0", "line-1", "gpu0")]
    public void A_key_is_a_node_or_a_node_and_a_device(string key, string node, string? device)
    {
        Assert.Equal((node, device), (NodeKey.NameOf(key), NodeKey.DeviceOf(key)));
        Assert.Equal(key, device is null ? node : NodeKey.Of(node, device));
    }

    private static IEnumerable<string?> Names(IEnumerable<SiloAddress> places) =>
        places.Select(place => new[] { Web, Line, Unknown }.Single(c => c.Address.Equals(place)).Name);

    private static Candidate Of(int host, string name, SiloRoles roles) => new(Address(host, 1), name, new SiloCard(roles, [], "0.1.0"));

    private static SiloAddress Address(byte host, int generation) =>
        SiloAddress.New(new IPAddress([10, 0, 0, host]), 11111, generation);

    private static SiloAddress Address(int host, int generation) => Address((byte)host, generation);
}
