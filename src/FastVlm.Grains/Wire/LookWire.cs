namespace FastVlm.Grains.Wire;

/// <summary>A caption on its way to its camera's rules.</summary>
[GenerateSerializer, Immutable, Alias("fastvlm.LookWire")]
public sealed record LookWire
{
    /// <summary>Without pixels between nodes: evidence is fetched from where they are.</summary>
    [Id(0)]
    public required JsonWire Caption { get; init; }

    /// <summary>Of the feed that read the frame.</summary>
    [Id(1)]
    public required long FeedEpoch { get; init; }

    /// <summary>The node that has the frame.</summary>
    [Id(2)]
    public required string Silo { get; init; }
}

/// <summary>What came of a look at its camera's rules.</summary>
[GenerateSerializer, Immutable, Alias("fastvlm.JudgedWire")]
public sealed record JudgedWire
{
    /// <summary>As it was stored; null where the feed is shut out.</summary>
    [Id(0)]
    public JsonWire? Caption { get; init; }

    /// <summary>Why the camera's feed must stop: a newer one runs elsewhere. Null where it may go on.</summary>
    [Id(1)]
    public string? Fenced { get; init; }
}
