namespace FastVlm.Pipeline.Configuration;

/// <summary>The configuration as a document: ids become names.</summary>
internal static class ConfigurationExport
{
    public static ConfigurationDocument Of(PlatformConfiguration configuration, EndpointEntries endpoints) => new()
    {
        Cameras = Specs(new CameraEntries(), configuration),
        Rules = Specs(new RuleEntries(), configuration),
        Endpoints = Specs(endpoints, configuration),
    };

    private static IReadOnlyList<TSpec> Specs<TId, TSpec>(EntryKind<TId, TSpec> kind, PlatformConfiguration configuration)
        where TId : struct, IIdentifier<TId>
        where TSpec : class => [.. kind.In(configuration).Select(entry => kind.Name(entry.Spec, configuration))];
}
