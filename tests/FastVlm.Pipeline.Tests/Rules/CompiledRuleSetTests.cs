using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Rules;

namespace FastVlm.Pipeline.Tests.Rules;

public sealed class CompiledRuleSetTests
{
    /// <summary>Hundreds of cameras have the same rules, and each change of one rule makes all their sets anew.</summary>
    [Fact]
    public void The_set_of_another_camera_costs_no_second_parsing()
    {
        var rules = Enumerable.Range(0, 50).Select(i => new Entry<RuleId, RuleSpec>
        {
            Id = new RuleId($"rule_{i}"),
            Spec = new RuleSpec { Name = $"Rule {i}", Expression = $@"/\bpart {i}\b.{{0,40}}\b(dropped|fell)\b/" },
            CreatedAt = DateTimeOffset.UnixEpoch,
            UpdatedAt = DateTimeOffset.UnixEpoch,
        }).ToList();
        var expressions = new ExpressionCache();

        var first = AllocatedByBuilding("line 1", rules, expressions);
        var second = AllocatedByBuilding("line 2", rules, expressions);

        Assert.True(second < first / 10, $"The first camera's set took {first} bytes of work, the second one's {second}.");
    }

    private static long AllocatedByBuilding(string camera, List<Entry<RuleId, RuleSpec>> rules, ExpressionCache expressions)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var set = CompiledRuleSet.Build(new WatchedCamera(new CameraId(camera), camera, []), rules, expressions);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(rules.Count, set.Rules.Count);
        return allocated;
    }
}
