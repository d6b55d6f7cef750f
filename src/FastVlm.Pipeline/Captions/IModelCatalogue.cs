namespace FastVlm.Pipeline.Captions;

/// <summary>A model that is there, or could be fetched.</summary>
public sealed record ModelCard
{
    public required string Name { get; init; }

    public required string Licence { get; init; }

    /// <summary>What must accompany it; null where its licence asks for nothing.</summary>
    public string? LicenceNotice { get; init; }

    /// <summary>The one that captions now.</summary>
    public bool IsActive { get; init; }

    public bool IsInstalled { get; init; }

    /// <summary>0 where unknown.</summary>
    public long SizeBytes { get; init; }

    public string? Dtype { get; init; }

    /// <summary>Only for the active one.</summary>
    public ModelDescription? Description { get; init; }

    /// <summary>Looks since the start and what they cost; only for the active one.</summary>
    public ModelFigures? Figures { get; init; }
}

/// <summary>Medians and 95th percentiles over the last looks, seconds.</summary>
public sealed record ModelFigures
{
    public required long LookCount { get; init; }

    public required double TimeToFirstTokenMedianSeconds { get; init; }

    public required double TimeToFirstTokenP95Seconds { get; init; }

    public required double TokensPerSecondMedian { get; init; }

    public required double LooksPerSecond { get; init; }
}

/// <summary>The models of this installation.</summary>
public interface IModelCatalogue
{
    IReadOnlyList<ModelCard> List();
}
