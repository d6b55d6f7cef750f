using FastVlm.Grains.Members;
using FastVlm.TestKit;
using Microsoft.Extensions.Hosting;

namespace FastVlm.Grains.Tests.Placement;

public sealed class PlacementTests
{
    [Fact]
    public async Task Grains_live_where_role_and_name_say_and_are_refused_elsewhere()
    {
        await using var cluster = new NodeCluster();
        var web = await cluster.StartAsync("web-1", SiloRoles.Web);
        var line1 = await cluster.StartAsync("line-1", SiloRoles.Camera | SiloRoles.Gpu);
        var line2 = await cluster.StartAsync("line-2", SiloRoles.Camera);

        var byRole = await WhereAsync(web, "tests-where-camera", Enumerable.Range(0, 40).Select(i => $"camera-{i}"));
        var byName = await WhereAsync(line1, "tests-where-named", ["web-1", "line-1/cpu0", "line-1/gpu7", "line-2"]);

        Assert.Equal(["line-1", "line-2"], byRole.Values.Distinct().Order());
        Assert.Equal(["web-1", "line-1", "line-1", "line-2"], byName.Values);
        await Assert.ThrowsAsync<OrleansException>(() => WhereAsync(line2, "tests-where-named", ["line-3"]));
        await Assert.ThrowsAsync<OrleansException>(() => WhereAsync(web, "tests-where-named-web", ["line-2"]));
        Assert.Equal("web-1", (await WhereAsync(line2, "tests-where-named-web", ["web-1"]))["web-1"]);
    }

    /// <summary>The twin: without a filter the same grains do end up elsewhere.</summary>
    [Fact]
    public async Task Without_a_filter_grains_live_anywhere()
    {
        await using var cluster = new NodeCluster();
        var web = await cluster.StartAsync("web-1", SiloRoles.Web);
        await cluster.StartAsync("line-1", SiloRoles.Camera);

        var anywhere = await WhereAsync(web, "tests-where-anywhere", Enumerable.Range(0, 100).Select(i => $"camera-{i}"));

        Assert.Contains("web-1", anywhere.Values);
    }

    [Fact]
    public async Task A_named_grain_comes_back_with_its_node()
    {
        await using var cluster = new NodeCluster();
        var web = await cluster.StartAsync("web-1", SiloRoles.Web);
        var line = await cluster.StartAsync("line-1", SiloRoles.Camera);
        Assert.Equal("line-1", (await WhereAsync(web, "tests-where-named", ["line-1"]))["line-1"]);

        await cluster.StopAsync(line);
        await NodeCluster.Members(web).WhenAsync(v => v.Find("line-1")?.State == SiloState.Dead, TestContext.Current.CancellationToken)
            .Within("the end of line-1");
        await Assert.ThrowsAsync<OrleansException>(() => WhereAsync(web, "tests-where-named", ["line-1"]));
        await cluster.StartAsync("line-1", SiloRoles.Camera);

        Assert.Equal("line-1", (await WhereAsync(web, "tests-where-named", ["line-1"]))["line-1"]);
    }

    private static async Task<Dictionary<string, string>> WhereAsync(IHost from, string grainType, IEnumerable<string> keys)
    {
        var where = new Dictionary<string, string>();
        foreach (var key in keys)
        {
            where[key] = await NodeCluster.Grains(from).GetGrain<IWhereGrain>(GrainId.Create(grainType, key)).Where();
        }

        return where;
    }
}
