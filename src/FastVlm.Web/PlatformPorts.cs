using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Live;
using FastVlm.Pipeline.Nodes;
using FastVlm.Pipeline.Rules;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Web;

/// <summary>What the web part stands on; the host puts it together.</summary>
public sealed record PlatformPorts
{
    public required IConfigurationDesk Configuration { get; init; }

    public required ICameraMonitor Cameras { get; init; }

    public required ICameraTester CameraTester { get; init; }

    public required ILiveVideo LiveVideo { get; init; }

    public required ICaptionHistory Captions { get; init; }

    public required IIncidentLog Incidents { get; init; }

    public required IIncidentDesk IncidentDesk { get; init; }

    public required IOutbox Outbox { get; init; }

    public required BackTests BackTests { get; init; }

    public required IWebhookDesk Webhooks { get; init; }

    public required IModelCatalogue Models { get; init; }

    public required INodeDirectory Nodes { get; init; }

    public required LiveFeed Live { get; init; }

    public required HealthBoard Health { get; init; }

    public required TimeProvider TimeProvider { get; init; }
}
