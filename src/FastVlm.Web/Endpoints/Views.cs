using System.Text.Json.Serialization;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;

namespace FastVlm.Web.Endpoints;

/// <summary>A camera as clients see it.</summary>
public sealed record CameraView
{
    public required CameraId Id { get; init; }

    public required string Name { get; init; }

    public required CameraSpec Spec { get; init; }

    public required EntryOrigin Origin { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>How it is doing; null until it was first started.</summary>
    public CameraReport? Report { get; init; }
}

/// <summary>A rule as clients see it.</summary>
public sealed record RuleView
{
    public required RuleId Id { get; init; }

    public required string Name { get; init; }

    public required RuleSpec Spec { get; init; }

    public required EntryOrigin Origin { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>A webhook endpoint as clients see it.</summary>
public sealed record EndpointView
{
    public required EndpointId Id { get; init; }

    public required string Name { get; init; }

    public required EndpointSpec Spec { get; init; }

    public required EntryOrigin Origin { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Deliveries that wait; at most 1000 are counted.</summary>
    public required int Pending { get; init; }

    /// <summary>The signing secret in clear text, only in the answer to the request that made it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }
}

/// <summary>A new signing secret in clear text; it is not shown again.</summary>
public sealed record NewSecret(string Secret);

/// <summary>How many deliveries are due again.</summary>
public sealed record ReplayCount(int Count);

/// <summary>A delivery with its tries, first to last.</summary>
public sealed record DeliveryView(Delivery Delivery, IReadOnlyList<DeliveryAttempt> Attempts);

/// <summary>An incident with what belongs to it.</summary>
public sealed record IncidentView
{
    public required Incident Incident { get; init; }

    /// <summary>Null for the platform's own incidents, and where it was swept.</summary>
    public Evidence? Evidence { get; init; }

    /// <summary>Newest first.</summary>
    public required IReadOnlyList<Delivery> Deliveries { get; init; }

    /// <summary>When the first receiver accepted its opening alert; null while none has.</summary>
    public DateTimeOffset? DeliveredAt { get; init; }
}

/// <summary>How the platform is doing.</summary>
public sealed record HealthView
{
    /// <summary>"ok", or "degraded" where <see cref="Problems"/> says why.</summary>
    public required string Status { get; init; }

    public required string Version { get; init; }

    public required IReadOnlyList<string> Problems { get; init; }

    public required CameraCounts Cameras { get; init; }

    /// <summary>-1 where the store does not answer.</summary>
    public required int IncidentsOpen { get; init; }

    /// <summary>At most 1000 are counted; -1 where the store does not answer.</summary>
    public required int DeliveriesPending { get; init; }

    /// <summary>Name of the active model; null where none is loaded.</summary>
    public string? Model { get; init; }
}

/// <summary>Cameras by how they are doing; those that are connecting are in the total alone.</summary>
public sealed record CameraCounts(int Total, int Live, int Down, int Disabled);
