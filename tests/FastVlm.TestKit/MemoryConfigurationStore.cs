using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;

namespace FastVlm.TestKit;

/// <summary>Keeps the configuration in memory, for several desks if need be; fails at every call while told to.</summary>
public sealed class MemoryConfigurationStore : IConfigurationStore
{
    private readonly Lock gate = new();
    private long version;

    public PlatformConfiguration Stored { get; set; } = PlatformConfiguration.Empty;

    public bool IsBroken { get; set; }

    public Collector<PlatformConfiguration> Saves { get; } = new("saves");

    public Task<StoredConfiguration> LoadAsync(CancellationToken cancellationToken)
    {
        FailIfBroken();
        lock (gate)
        {
            return Task.FromResult(new StoredConfiguration(Stored, version));
        }
    }

    public Task<long?> SaveAsync(PlatformConfiguration configuration, long replaces, CancellationToken cancellationToken)
    {
        FailIfBroken();
        lock (gate)
        {
            if (replaces != version)
            {
                return Task.FromResult<long?>(null);
            }

            Stored = configuration;
            Saves.Add(configuration);
            return Task.FromResult<long?>(++version);
        }
    }

    private void FailIfBroken()
    {
        if (IsBroken)
        {
            throw new StorageException("The store 'test' is full; make room and try again.");
        }
    }
}
