namespace FastVlm.Grains.Live;

/// <summary>What travels on a live stream: events as JSON, or a pulse. Numbers of members are never used again.</summary>
/// <param name="From">The node that sent it.</param>
/// <param name="Json">A JSON array of events (<see cref="LiveEventCodec"/>); empty for a pulse.</param>
/// <param name="Pulse">Counts a node's pulses from 1; 0 for events.</param>
[GenerateSerializer, Immutable, Alias("fastvlm.live.batch")]
public sealed record LiveBatchWire(
    [property: Id(0)] string From,
    [property: Id(1)] byte[] Json,
    [property: Id(2)] long Pulse);
