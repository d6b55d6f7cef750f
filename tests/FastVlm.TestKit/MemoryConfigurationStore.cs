using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;

namespace FastVlm.TestKit;

/// <summary>Keeps the configuration in memory; fails when told to.</summary>
public sealed class MemoryConfigurationStore : IConfigurationStore
{
    public PlatformConfiguration Stored { get; set; } = PlatformConfiguration.Empty;

    public bool IsBroken { get; set; }

    public Collector<PlatformConfiguration> Saves { get; } = new("saves");

    public Task<PlatformConfiguration> LoadAsync(CancellationToken cancellationToken) => Task.FromResult(Stored);

    public Task SaveAsync(PlatformConfiguration configuration, CancellationToken cancellationToken)
    {
        if (IsBroken)
        {
            throw new StorageException("The store 'test' is full; make room and try again.");
        }

        Stored = configuration;
        Saves.Add(configuration);
        return Task.CompletedTask;
    }
}
