using System.Diagnostics;
using System.Globalization;

namespace FastVlm.Benchmarks.Measuring;

/// <summary>What this process and its children have used so far, as Linux counts it.</summary>
internal sealed record ProcessMeter
{
    // USER_HZ of every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    public required long Timestamp { get; init; }

    public required TimeSpan OwnProcessor { get; init; }

    /// <summary>Of the children that live.</summary>
    public required TimeSpan ChildrenProcessor { get; init; }

    public required int Children { get; init; }

    public required long ResidentBytes { get; init; }

    public required long ChildrenResidentBytes { get; init; }

    public required long AllocatedBytes { get; init; }

    public required (int Gen0, int Gen1, int Gen2) Collections { get; init; }

    public required TimeSpan CollectionPauses { get; init; }

    public static ProcessMeter Read()
    {
        using var self = Process.GetCurrentProcess();
        var children = Descendants(self.Id);
        return new ProcessMeter
        {
            Timestamp = Stopwatch.GetTimestamp(),
            OwnProcessor = self.TotalProcessorTime,
            ChildrenProcessor = TimeSpan.FromSeconds(children.Sum(child => child.Ticks) / TicksPerSecond),
            Children = children.Count,
            ResidentBytes = self.WorkingSet64,
            ChildrenResidentBytes = children.Sum(child => child.ResidentBytes),
            AllocatedBytes = GC.GetTotalAllocatedBytes(),
            Collections = (GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2)),
            CollectionPauses = GC.GetTotalPauseDuration(),
        };
    }

    private static List<Child> Descendants(int root)
    {
        var byParent = Directory.EnumerateDirectories("/proc")
            .Select(Path.GetFileName)
            .Where(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(name => Child.Read(name!))
            .OfType<Child>()
            .ToLookup(child => child.Parent);
        List<Child> found = [];
        Queue<int> parents = new([root]);
        while (parents.TryDequeue(out var parent))
        {
            foreach (var child in byParent[parent])
            {
                found.Add(child);
                parents.Enqueue(child.Id);
            }
        }

        return found;
    }

    private sealed record Child(int Id, int Parent, long Ticks, long ResidentBytes)
    {
        // After the name in parentheses: state, parent, …, user and system time as the 12th and 13th, pages as the 22nd field.
        public static Child? Read(string id)
        {
            try
            {
                var stat = File.ReadAllText($"/proc/{id}/stat");
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                return new Child(
                    int.Parse(id, CultureInfo.InvariantCulture), (int)Number(fields[1]), Number(fields[11]) + Number(fields[12]),
                    Number(fields[21]) * Environment.SystemPageSize);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }

        private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
    }
}
