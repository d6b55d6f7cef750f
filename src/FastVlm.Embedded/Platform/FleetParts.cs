using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Live;
using FastVlm.Pipeline.Rules;
using FastVlm.Pipeline.Storage;
using Microsoft.Extensions.Logging;

namespace FastVlm.Embedded.Platform;

/// <summary>What all cameras of the platform share.</summary>
internal sealed record FleetParts
{
    public required ICaptioner Captioner { get; init; }

    public required ICameraSources Sources { get; init; }

    public required IPictureEncoder Encoder { get; init; }

    public required JournalBacklog Journal { get; init; }

    public required IDeliveryPlanner Planner { get; init; }

    public required ILiveFeed Live { get; init; }

    public required CooldownLedger Cooldowns { get; init; }

    /// <summary>Incidents that were open when the platform stopped.</summary>
    public required IReadOnlyList<Incident> OpenIncidents { get; init; }

    public required LookFigures Figures { get; init; }

    public ExpressionCache Expressions { get; } = new();

    public required TimeProvider TimeProvider { get; init; }

    public required ILogger Logger { get; init; }
}
