using FastVlm.Grains.Hosting;
using FastVlm.Web;

namespace FastVlm.Silo;

/// <summary>How this node is set up, as its options say.</summary>
internal sealed record SiloSettings
{
    /// <summary>How it takes part in the cluster.</summary>
    public required ClusterOptions Cluster { get; init; }

    /// <summary>The secret that opens the database.</summary>
    public required string ConnectionString { get; init; }

    public required string SecretsKeyFile { get; init; }

    /// <summary>Where it listens: API, hub and dashboard with the role web, probes alone without.</summary>
    public required IReadOnlyList<string> Urls { get; init; }

    public IReadOnlyCollection<int> Ports { get; init; } = [];

    /// <summary>For links in webhooks.</summary>
    public required Uri PublicUrl { get; init; }

    public string? AccessToken { get; init; }

    /// <summary>Read again whenever it changes; null where this node has none.</summary>
    public string? ConfigurationFile { get; init; }

    public bool AllowLoopbackWebhooks { get; init; }

    /// <summary>Holds video files that cameras may play.</summary>
    public required string MediaDirectory { get; init; }

    /// <summary>One per device of <see cref="ClusterOptions.Devices"/>, e.g. "cpu" or "cuda:0".</summary>
    public IReadOnlyList<string> ComputeDevices { get; init; } = [];

    /// <summary>A model directory with graphs, or the name of an installed model.</summary>
    public required string Model { get; init; }

    public string? Dtype { get; init; }

    /// <summary>Side of the square that the cluster's models see, px; frames are scaled to it.</summary>
    public int FrameSidePx { get; init; }

    public WebOptions Web => new()
    {
        Version = SiloVersion.Text,
        AccessToken = AccessToken,
        HostNames = [PublicUrl.Host],
    };
}

/// <summary>This program's version.</summary>
internal static class SiloVersion
{
    public static string Text { get; } = typeof(SiloVersion).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
