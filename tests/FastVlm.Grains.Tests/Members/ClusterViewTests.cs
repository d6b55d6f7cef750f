using System.Collections.Immutable;
using System.Net;
using FastVlm.Grains.Members;

namespace FastVlm.Grains.Tests.Members;

public sealed class ClusterViewTests
{
    private static readonly SiloAddress Self = Address(1, generation: 1);
    private static readonly SiloAddress Other = Address(2, generation: 1);
    private static readonly SiloCard Card = new(SiloRoles.Camera | SiloRoles.Gpu, ["gpu0", "gpu1"], "0.2.0");

    [Fact]
    public void A_view_has_what_membership_and_cards_say()
    {
        var view = View(ClusterView.Empty, Card, (Self, SiloStatus.Active, "line-1"), (Other, SiloStatus.ShuttingDown, "line-2"));

        Assert.Equal(
            [
                new SiloMember("line-1", Self, SiloState.Live, Card, IsSelf: true),
                new SiloMember("line-2", Other, SiloState.ShuttingDown, Card, IsSelf: false),
            ],
            view.Members);
        Assert.Equal("line-1", view.Self?.Name);
        Assert.Equal(["line-1"], view.LiveWith(SiloRoles.Gpu).Select(m => m.Name));
        Assert.Empty(view.LiveWith(SiloRoles.Web));
    }

    [Theory]
    [InlineData(SiloStatus.Joining, SiloState.Joining)]
    [InlineData(SiloStatus.Active, SiloState.Live)]
    [InlineData(SiloStatus.ShuttingDown, SiloState.ShuttingDown)]
    [InlineData(SiloStatus.Stopping, SiloState.ShuttingDown)]
    [InlineData(SiloStatus.Dead, SiloState.Dead)]
    public void A_state_follows_from_Orleans_status(SiloStatus status, SiloState expected) =>
        Assert.Equal(expected, View(ClusterView.Empty, Card, (Other, status, "line-2")).Find("line-2")?.State);

    [Fact]
    public void A_restarted_node_is_not_also_dead()
    {
        var restarted = Address(2, generation: 2);

        var view = View(ClusterView.Empty, Card, (restarted, SiloStatus.Active, "line-2"), (Other, SiloStatus.Dead, "line-2"));

        Assert.Equal([(restarted, SiloState.Live)], view.Members.Select(m => (m.Address, m.State)));
    }

    [Fact]
    public void The_dead_keep_the_card_that_was_known()
    {
        var before = View(ClusterView.Empty, Card, (Other, SiloStatus.Active, "line-2"));

        var after = View(before, card: null, (Other, SiloStatus.Dead, "line-2"));

        Assert.Equal((SiloState.Dead, Card), (after.Members[0].State, after.Members[0].Card));
    }

    [Fact]
    public void A_live_node_without_a_card_makes_a_view_incomplete()
    {
        Assert.True(View(ClusterView.Empty, card: null, (Other, SiloStatus.Active, "line-2")).IsIncomplete);
        Assert.False(View(ClusterView.Empty, card: null, (Other, SiloStatus.Dead, "line-2")).IsIncomplete);
    }

    [Fact]
    public void Equal_views_are_equal() =>
        Assert.Equal(
            View(ClusterView.Empty, Card, (Other, SiloStatus.Active, "line-2")),
            View(ClusterView.Empty, SiloCard.Read(Card.ToMetadata()), (Other, SiloStatus.Active, "line-2")));

    [Fact]
    public void A_card_survives_the_way_through_metadata()
    {
        Assert.Equal(Card, SiloCard.Read(Card.ToMetadata()));
        Assert.NotEqual(Card, SiloCard.Read((Card with { Devices = ["gpu0"] }).ToMetadata()));
        Assert.Null(SiloCard.Read(new Dictionary<string, string>()));
    }

    [Theory]
    [InlineData("camera,gpu", SiloRoles.Camera | SiloRoles.Gpu)]
    [InlineData("", SiloRoles.None)]
    [InlineData("web, drone", SiloRoles.Web)]
    public void Roles_of_a_newer_version_are_skipped(string text, SiloRoles expected) =>
        Assert.Equal(expected, SiloRoleNames.Read(text));

    private static ClusterView View(
        ClusterView before, SiloCard? card, params (SiloAddress Address, SiloStatus Status, string Name)[] members) =>
        ClusterView.Of(
            new ClusterMembershipSnapshot(
                members.ToImmutableDictionary(m => m.Address, m => new ClusterMember(m.Address, m.Status, m.Name)),
                new MembershipVersion(3)),
            Self,
            _ => card,
            before);

    private static SiloAddress Address(byte host, int generation) =>
        SiloAddress.New(new IPAddress([10, 0, 0, host]), 11111, generation);
}
