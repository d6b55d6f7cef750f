using FastVlm.Pipeline.Configuration;

namespace FastVlm.Embedded.Platform;

/// <summary>
/// What an installation that was never configured begins with, so that the first visit shows captions and an incident
/// within a minute. Ordinary entries: people change and delete them.
/// </summary>
internal static class DemoSeed
{
    private const string Tag = "demo";

    /// <summary>One camera per clip that ships, and two rules for what happens in them.</summary>
    public static ConfigurationDocument For(IEnumerable<string> clips) => new()
    {
        Cameras = [.. clips.Order(StringComparer.Ordinal).Select(Camera)],
        Rules =
        [
            Rule("Part dropped", "part dropped", Severity.Critical),
            Rule("Sparks or spill", "sparks flying or liquid spilled", Severity.Warning),
        ],
    };

    private static CameraSpec Camera(string clip) => new()
    {
        Name = clip == "demo" ? "Demo line" : $"Demo {clip}",
        Url = new CameraUrl($"demo:{clip}"),
        Tags = [Tag],
    };

    // Tagged, so that the first camera of one's own does not answer to rules that one did not write.
    private static RuleSpec Rule(string name, string expression, Severity severity) => new()
    {
        Name = name,
        Expression = expression,
        Severity = severity,
        Cameras = new CameraSelector { Tags = [Tag] },
    };
}
