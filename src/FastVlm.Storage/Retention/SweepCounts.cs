namespace FastVlm.Storage;

/// <summary>What sweeps have removed.</summary>
public readonly record struct SweepCounts
{
    public long Captions { get; init; }

    /// <summary>Evidence pictures, by age and for the size cap.</summary>
    public long Pictures { get; init; }

    public long Incidents { get; init; }

    public long Deliveries { get; init; }

    /// <summary>Picture files that no incident names, left by a crash.</summary>
    public long OrphanedFiles { get; init; }

    /// <summary>Pages of 4 KiB given back to the disk.</summary>
    public long Pages { get; init; }

    public static SweepCounts operator +(SweepCounts left, SweepCounts right) => new()
    {
        Captions = left.Captions + right.Captions,
        Pictures = left.Pictures + right.Pictures,
        Incidents = left.Incidents + right.Incidents,
        Deliveries = left.Deliveries + right.Deliveries,
        OrphanedFiles = left.OrphanedFiles + right.OrphanedFiles,
        Pages = left.Pages + right.Pages,
    };

    public static SweepCounts Add(SweepCounts left, SweepCounts right) => left + right;
}
