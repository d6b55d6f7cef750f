using FastVlm.Web;

namespace FastVlm.Embedded.Platform;

/// <summary>How the platform is set up in this process.</summary>
internal sealed record PlatformOptions
{
    public required string DataDirectory { get; init; }

    /// <summary>As ASP.NET Core writes them; port 0 takes a free one.</summary>
    public required IReadOnlyList<string> Urls { get; init; }

    /// <summary>The ports in <see cref="Urls"/>, as far as they are given.</summary>
    public IReadOnlyCollection<int> Ports { get; init; } = [];

    /// <summary>For links in webhooks.</summary>
    public required Uri PublicUrl { get; init; }

    /// <summary>Null: everybody who reaches the address may do everything.</summary>
    public string? AccessToken { get; init; }

    public required string ConfigurationFile { get; init; }

    public bool AllowLoopbackWebhooks { get; init; }

    /// <summary>Names of the clips that ship.</summary>
    public IReadOnlyList<string> DemoClips { get; init; } = [];

    /// <summary>Give an installation that was never configured the demonstration cameras.</summary>
    public bool SeedDemo { get; init; }

    public WebOptions Web => new()
    {
        Version = CommandEnvironment.Version,
        AccessToken = AccessToken,
        HostNames = [PublicUrl.Host],
    };

    public string MediaDirectory => Path.Combine(DataDirectory, "media");
}
