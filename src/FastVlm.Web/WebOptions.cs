namespace FastVlm.Web;

/// <summary>How the web part of the platform is set up.</summary>
public sealed record WebOptions
{
    /// <summary>Shown by <c>GET /api/health</c>.</summary>
    public required string Version { get; init; }

    /// <summary>
    /// When set, API, hub and live video ask for it: as <c>Authorization: Bearer</c>, or once for a cookie. Null asks nobody,
    /// which is right only where the address is reachable from this machine alone.
    /// </summary>
    public string? AccessToken { get; init; }

    /// <summary>
    /// Names, without ports, under which the platform may be called besides <c>localhost</c> and IP addresses. A request for
    /// any other name is refused: it comes from a page that made its own name point here (DNS rebinding).
    /// </summary>
    public IReadOnlyList<string> HostNames { get; init; } = [];

    /// <summary>Where the built dashboard lies.</summary>
    public string DashboardFolder { get; init; } = Path.Combine(AppContext.BaseDirectory, "wwwroot");
}
