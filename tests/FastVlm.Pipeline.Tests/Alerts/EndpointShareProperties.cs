using FastVlm.Pipeline.Alerts;
using FsCheck;
using FsCheck.Fluent;

namespace FastVlm.Pipeline.Tests.Alerts;

/// <summary>What holds for all endpoints and all members.</summary>
public sealed class EndpointShareProperties
{
    private static readonly Config Settings = Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(20260104, 13);

    private static readonly Gen<Plant> Plants =
        from endpoints in Gen.Choose(0, 200).ListOf()
        from members in Gen.Choose(0, 50).ListOf(5)
        from newcomer in Gen.Choose(51, 99)
        from seed in Gen.Choose(0, int.MaxValue)
        select new Plant(
            [.. endpoints.Distinct().Select(endpoint => new EndpointId($"ep_{endpoint}"))],
            [.. members.Distinct().Select(member => $"node-{member}")],
            $"node-{newcomer}",
            seed);

    [Fact]
    public void Every_endpoint_has_exactly_one_member() => Check.One(Settings, Prop.ForAll(
        Plants.ToArbitrary(),
        plant => plant.Members
            .SelectMany(member => EndpointShare.Of(plant.Endpoints, member, plant.Members))
            .Order(ById)
            .SequenceEqual(plant.Endpoints.Order(ById))));

    [Fact]
    public void The_order_of_the_members_does_not_matter() => Check.One(Settings, Prop.ForAll(
        Plants.ToArbitrary(),
        plant =>
        {
            var shuffled = plant.Members.ToArray();
            new Random(plant.Seed).Shuffle(shuffled);
            return plant.Members.All(member => EndpointShare.Of(plant.Endpoints, member, plant.Members)
                .SetEquals(EndpointShare.Of(plant.Endpoints, member, shuffled)));
        }));

    [Fact]
    public void Who_comes_takes_from_the_others_and_moves_nothing_between_them() => Check.One(Settings, Prop.ForAll(
        Plants.ToArbitrary(),
        plant =>
        {
            string[] more = [.. plant.Members, plant.Newcomer];
            var moved = EndpointShare.Of(plant.Endpoints, plant.Newcomer, more);
            return plant.Members.All(member => EndpointShare.Of(plant.Endpoints, member, plant.Members).Except(moved).ToHashSet()
                .SetEquals(EndpointShare.Of(plant.Endpoints, member, more)));
        }));

    [Fact]
    public void Who_is_no_member_gets_none() => Check.One(Settings, Prop.ForAll(
        Plants.ToArbitrary(),
        plant => EndpointShare.Of(plant.Endpoints, plant.Newcomer, plant.Members).Count == 0));

    [Fact]
    public void Without_members_nobody_gets_any() =>
        Assert.Empty(EndpointShare.Of([new EndpointId("ep_1")], "node-1", []));

    [Fact]
    public void Members_get_about_the_same()
    {
        var endpoints = Enumerable.Range(0, 1000).Select(i => new EndpointId($"ep_{i}")).ToList();
        string[] members = ["node-1", "node-2", "node-3", "node-4"];

        Assert.All(members, member => Assert.InRange(EndpointShare.Of(endpoints, member, members).Count, 200, 300));
    }

    private static Comparer<EndpointId> ById { get; } =
        Comparer<EndpointId>.Create((a, b) => string.CompareOrdinal(a.Value, b.Value));

    private sealed record Plant(IReadOnlyList<EndpointId> Endpoints, IReadOnlyList<string> Members, string Newcomer, int Seed);
}
