using System.Globalization;
using FastVlm.Grains.Fleet;
using FastVlm.Pipeline;
using FsCheck;
using FsCheck.Fluent;

namespace FastVlm.Grains.Tests.Fleet;

public sealed class FleetPlannerTests
{
    private static readonly Config Settings = Config.QuickThrowOnFailure.WithMaxTest(1000).WithReplay(20261127, 7);

    /// <summary>Up to seven nodes, some of which stop; each camera runs on one or nowhere, and is switched on or not.</summary>
    private static readonly Gen<Situation> Situations =
        from nodes in Gen.Choose(1, 7)
        from draining in Gen.Elements(true, false, false, false).ListOf(nodes)
        from places in Gen.Choose(-1, nodes - 1).ListOf()
        from isWanted in Gen.Elements(true, true, true, false).ListOf(places.Count)
        select new Situation([.. draining], [.. places], [.. isWanted]);

    [Theory]
    [InlineData("", "a b c d", "", "a>n1 b>n2 c>n1 d>n2", "", "", "nothing runs: the cameras are dealt out")]
    [InlineData("n1:a n2:b", "a b c", "", "c>n1", "", "", "a new camera goes where the fewest are")]
    [InlineData("n1:a,b n2:c", "a b c", "", "", "", "", "a difference of one is none")]
    [InlineData("n1:a,b,c n2:", "a b c", "", "", "a>n2", "", "a new node gets its share")]
    [InlineData("n1:a,b n2:c n3:", "a b c", "n1", "", "a>n3 b>n2", "", "a node that stops hands over to those that have the fewest")]
    [InlineData("n1:a,b n2:c", "a c", "", "", "", "b", "a camera that is not wanted ends")]
    [InlineData("n1:a", "a b", "n1", "", "", "", "where every node stops nothing is begun")]
    [InlineData("n1:a n2:a", "a", "n1", "", "", "", "a camera that another node has taken already is not moved once more")]
    [InlineData("n1:a n2:a n3:", "a", "n1 n2", "", "a>n3", "", "a camera moves once")]
    public void A_situation_has_one_plan(
        string running, string wanted, string draining, string starts, string moves, string stops, string why)
    {
        var nodes = Words(running.Length == 0 ? "n1: n2:" : running).Select(node => node.Split(':'))
            .ToDictionary(node => node[0], node => (IReadOnlyCollection<CameraId>)[.. Ids(node[1].Replace(',', ' '))]);

        var plan = FleetPlanner.Plan(Ids(wanted), nodes, Words(draining).ToHashSet());

        Assert.True(Sorted(starts) == Told(plan.Starts), $"{why}: starts {Told(plan.Starts)}");
        Assert.True(Sorted(moves) == Told(plan.Moves), $"{why}: moves {Told(plan.Moves)}");
        Assert.Equal(Ids(stops), plan.Stops);
    }

    [Fact]
    public void After_a_plan_every_wanted_camera_runs_once_and_no_other() => Check.One(Settings, Prop.ForAll(
        Situations.ToArbitrary(),
        situation =>
        {
            var after = situation.Apply(situation.Plan());
            return situation.Staying.Count == 0
                || (after.Values.SelectMany(cameras => cameras).Order(ById).SequenceEqual(situation.Wanted.Order(ById))
                    && situation.Draining.All(node => after[node].Count == 0));
        }));

    [Fact]
    public void Plans_come_to_rest_and_nodes_are_then_even() => Check.One(Settings, Prop.ForAll(
        Situations.ToArbitrary(),
        situation =>
        {
            if (situation.Staying.Count == 0)
            {
                return true;
            }

            for (var passes = 0; passes < 50; passes++)
            {
                var plan = situation.Plan();
                if (plan.Starts.Count + plan.Moves.Count + plan.Stops.Count == 0)
                {
                    var counts = situation.Staying.Select(node => situation.Running[node].Count).ToList();
                    return counts.Max() - counts.Min() <= Math.Max(1, counts.Average() * ClusterLimits.ImbalanceAllowed);
                }

                situation = situation with { Running = situation.Apply(plan) };
            }

            return false;
        }));

    [Fact]
    public void Cameras_move_only_from_nodes_that_stop_or_have_too_many() => Check.One(Settings, Prop.ForAll(
        Situations.ToArbitrary(),
        situation =>
        {
            var mean = situation.Staying.Count == 0 ? 0 : (double)situation.Wanted.Count / situation.Staying.Count;
            var moves = situation.Plan().Moves;
            var fromStaying = moves.Select(move => move.Camera).Where(camera => !situation.IsDraining(situation.NodeOf(camera)))
                .GroupBy(situation.NodeOf).ToList();
            return moves.All(move => situation.NodeOf(move.Camera) != move.Silo)
                && fromStaying.Sum(node => node.Count()) <= ClusterLimits.MovesAtOnceMax
                && fromStaying.All(node => situation.Running[node.Key].Count(situation.Wanted.Contains) - node.Count() >= Math.Floor(mean));
        }));

    [Fact]
    public void The_order_in_which_things_are_told_changes_nothing() => Check.One(Settings, Prop.ForAll(
        Situations.ToArbitrary(),
        situation =>
        {
            var reversed = situation.Running.Reverse().ToDictionary(
                node => node.Key, node => (IReadOnlyCollection<CameraId>)[.. node.Value.Reverse()]);
            var (one, two) = (situation.Plan(), FleetPlanner.Plan(situation.Wanted.Reverse(), reversed, situation.Draining));
            return one.Starts.SequenceEqual(two.Starts) && Told(one.Moves) == Told(two.Moves)
                && one.Stops.Order(ById).SequenceEqual(two.Stops.Order(ById));
        }));

    private static Comparer<CameraId> ById => Comparer<CameraId>.Create((a, b) => string.CompareOrdinal(a.Value, b.Value));

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<CameraId> Ids(string text) => Words(text).Select(word => new CameraId(word));

    private static string Sorted(string moves) => string.Join(' ', Words(moves).Order(StringComparer.Ordinal));

    private static string Told(IEnumerable<(CameraId Camera, string Silo)> moves) =>
        Sorted(string.Join(' ', moves.Select(move => $"{move.Camera}>{move.Silo}")));

    private sealed record Situation(IReadOnlyDictionary<string, IReadOnlyCollection<CameraId>> Running)
    {
        public Situation(bool[] draining, int[] places, bool[] isWanted)
            : this(Enumerable.Range(0, draining.Length).ToDictionary(
                Node,
                node => (IReadOnlyCollection<CameraId>)
                    [.. Enumerable.Range(0, places.Length).Where(i => places[i] == node).Select(Camera)]))
        {
            Wanted = [.. Enumerable.Range(0, places.Length).Where(i => isWanted[i]).Select(Camera)];
            Draining = Enumerable.Range(0, draining.Length).Where(node => draining[node]).Select(Node).ToHashSet();
        }

        public IReadOnlyList<CameraId> Wanted { get; } = [];

        public HashSet<string> Draining { get; } = [];

        public IReadOnlyList<string> Staying => [.. Running.Keys.Where(node => !Draining.Contains(node))];

        public FleetPlan Plan() => FleetPlanner.Plan(Wanted, Running, Draining);

        public bool IsDraining(string? node) => node is not null && Draining.Contains(node);

        public string NodeOf(CameraId camera) => Running.First(node => node.Value.Contains(camera)).Key;

        public Dictionary<string, IReadOnlyCollection<CameraId>> Apply(FleetPlan plan)
        {
            var after = Running.ToDictionary(node => node.Key, node => node.Value.Except(plan.Stops).ToList());
            foreach (var (camera, silo) in plan.Moves)
            {
                after[NodeOf(camera)].Remove(camera);
                after[silo].Add(camera);
            }

            foreach (var (camera, silo) in plan.Starts)
            {
                after[silo].Add(camera);
            }

            return after.ToDictionary(node => node.Key, node => (IReadOnlyCollection<CameraId>)node.Value);
        }

        public override string ToString() =>
            string.Join("; ", Running.Select(node => $"{node.Key}{(IsDraining(node.Key) ? " stops" : "")}: {string.Join(' ', node.Value)}"))
            + $"; wanted {string.Join(' ', Wanted)}";

        private static string Node(int number) => string.Create(CultureInfo.InvariantCulture, $"n{number}");

        private static CameraId Camera(int number) => new(string.Create(CultureInfo.InvariantCulture, $"c{number:00}"));
    }
}
