using FastVlm.Pipeline;

namespace FastVlm.Grains.Fleet;

/// <summary>What is to be done so that every camera runs once.</summary>
/// <param name="Starts">Cameras that run nowhere, with the node where they are to.</param>
/// <param name="Moves">Cameras that are to run on another node.</param>
/// <param name="Stops">Cameras that are not to run any more.</param>
public sealed record FleetPlan(
    IReadOnlyList<(CameraId Camera, string Silo)> Starts,
    IReadOnlyList<(CameraId Camera, string Silo)> Moves,
    IReadOnlyList<CameraId> Stops);

/// <summary>
/// Decides which node reads which camera: every camera on one node, nodes within <see cref="ClusterLimits.ImbalanceAllowed"/> of
/// each other, nothing on a node that stops, and as few moves as that takes. Pure; knows no grain.
/// </summary>
public static class FleetPlanner
{
    /// <param name="wanted">Cameras that are switched on.</param>
    /// <param name="running">What runs on each node that reads cameras, those that stop included.</param>
    /// <param name="draining">Nodes that stop.</param>
    public static FleetPlan Plan(
        IEnumerable<CameraId> wanted, IReadOnlyDictionary<string, IReadOnlyCollection<CameraId>> running, IReadOnlySet<string> draining)
    {
        ArgumentNullException.ThrowIfNull(running);
        ArgumentNullException.ThrowIfNull(draining);
        var desired = wanted.ToHashSet();
        var loads = new Loads(running.Keys.Where(silo => !draining.Contains(silo)));
        foreach (var (silo, cameras) in running)
        {
            loads.Add(silo, cameras.Count(desired.Contains));
        }

        var placed = running.Values.SelectMany(cameras => cameras).ToHashSet();
        var stops = placed.Where(camera => !desired.Contains(camera)).ToList();
        if (!loads.HasAny)
        {
            return new FleetPlan([], [], stops);
        }

        // Sorted, so that equal input gives equal plans.
        var starts = desired.Where(camera => !placed.Contains(camera)).OrderBy(camera => camera.Value, StringComparer.Ordinal)
            .Select(camera => (camera, loads.TakeLeast())).ToList();
        var staying = running.Where(node => !draining.Contains(node.Key)).SelectMany(node => node.Value).ToHashSet();
        var moves = placed.Where(camera => desired.Contains(camera) && !staying.Contains(camera))
            .OrderBy(camera => camera.Value, StringComparer.Ordinal)
            .Select(camera => (camera, loads.TakeLeast())).ToList();
        if (moves.Count == 0 && starts.Count == 0)
        {
            moves = EvenOut(desired, running, loads);
        }

        return new FleetPlan(starts, moves, stops);
    }

    private static List<(CameraId, string)> EvenOut(
        HashSet<CameraId> desired, IReadOnlyDictionary<string, IReadOnlyCollection<CameraId>> running, Loads loads)
    {
        var moves = new List<(CameraId, string)>();
        var movable = loads.Silos.ToDictionary(
            silo => silo,
            silo => new Queue<CameraId>(running[silo].Where(desired.Contains).OrderBy(camera => camera.Value, StringComparer.Ordinal)));
        var movesMax = Math.Max(ClusterLimits.MovesAtOnceMax, (int)(desired.Count * ClusterLimits.MovesAtOnceShare));
        while (moves.Count < movesMax && loads.IsUneven && movable[loads.Most].TryDequeue(out var camera))
        {
            loads.Add(loads.Most, -1);
            moves.Add((camera, loads.TakeLeast()));
        }

        return moves;
    }

    /// <summary>Cameras per node.</summary>
    private sealed class Loads(IEnumerable<string> silos)
    {
        private readonly SortedDictionary<string, int> counts =
            new(silos.ToDictionary(silo => silo, _ => 0), StringComparer.Ordinal);

        public bool HasAny => counts.Count > 0;

        public IReadOnlyCollection<string> Silos => counts.Keys;

        public string Most => counts.MaxBy(node => node.Value).Key;

        /// <summary>By more than the allowed share of the mean, and by more than one move would not merely turn round.</summary>
        public bool IsUneven
        {
            get
            {
                var (least, most) = (counts.Values.Min(), counts.Values.Max());
                return most - least > Math.Max(1, counts.Values.Average() * ClusterLimits.ImbalanceAllowed);
            }
        }

        public void Add(string silo, int cameras)
        {
            if (counts.ContainsKey(silo))
            {
                counts[silo] += cameras;
            }
        }

        public string TakeLeast()
        {
            var least = counts.MinBy(node => node.Value).Key;
            counts[least]++;
            return least;
        }
    }
}
