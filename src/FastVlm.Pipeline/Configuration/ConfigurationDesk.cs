using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Pipeline.Configuration;

/// <summary>
/// The one place of a process where the configuration changes: one change at a time is decided, stored, and then seen by
/// readers, who take an immutable snapshot and never wait. What could not be stored did not happen. Where several processes
/// share a store, a change that another one came before is decided again on what that one left.
/// </summary>
public sealed class ConfigurationDesk : IConfigurationDesk, IDisposable
{
    private readonly IConfigurationStore store;
    private readonly TimeProvider timeProvider;
    private readonly CameraEntries cameras;
    private readonly EndpointEntries endpoints;
    private readonly SemaphoreSlim changing = new(1);
    private volatile StoredConfiguration current;

    private ConfigurationDesk(
        IConfigurationStore store, TimeProvider timeProvider, DestinationPolicy destinations, StoredConfiguration current, int camerasMax)
    {
        cameras = new CameraEntries(camerasMax);
        endpoints = new EndpointEntries(destinations);
        this.store = store;
        this.timeProvider = timeProvider;
        this.current = current;
        Cameras = new SpecDesk<CameraId, CameraSpec>(this, cameras);
        Rules = new SpecDesk<RuleId, RuleSpec>(this, new RuleEntries());
        Endpoints = new SpecDesk<EndpointId, EndpointSpec>(this, endpoints);
    }

    public event Action<PlatformConfiguration, PlatformConfiguration>? Changed;

    public PlatformConfiguration Current => current.Configuration;

    public ISpecDesk<CameraId, CameraSpec> Cameras { get; }

    public ISpecDesk<RuleId, RuleSpec> Rules { get; }

    public ISpecDesk<EndpointId, EndpointSpec> Endpoints { get; }

    /// <param name="store">Where the configuration lies.</param>
    /// <param name="timeProvider">Dates the changes.</param>
    /// <param name="destinations">Where webhooks of this installation may go.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <param name="camerasMax">Cameras of the installation: of one process, where nothing is said.</param>
    /// <exception cref="StorageException">The store cannot be read.</exception>
    public static async Task<ConfigurationDesk> OpenAsync(
        IConfigurationStore store,
        TimeProvider timeProvider,
        DestinationPolicy destinations,
        CancellationToken cancellationToken,
        int camerasMax = Limits.CamerasMax)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(timeProvider);
        ArgumentNullException.ThrowIfNull(destinations);
        return new ConfigurationDesk(store, timeProvider, destinations, await store.LoadAsync(cancellationToken), camerasMax);
    }

    public ConfigurationDocument Export() => ConfigurationExport.Of(Current, endpoints);

    public Task<Change<PlatformConfiguration>> ImportAsync(
        ConfigurationDocument document, EntryOrigin origin, CancellationToken cancellationToken) =>
        ChangeAsync((before, now) => ConfigurationImport.Apply(document, origin, before, (cameras, endpoints), now), cancellationToken);

    /// <summary>Takes over what another process has changed in the store.</summary>
    /// <exception cref="StorageException">The store cannot be read; what was known stays.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await changing.WaitAsync(cancellationToken);
        try
        {
            await ReloadAsync(cancellationToken);
        }
        finally
        {
            changing.Release();
        }
    }

    public void Dispose() => changing.Dispose();

    internal async Task<Change<TEntry>> ChangeAsync<TEntry>(
        Func<PlatformConfiguration, DateTimeOffset, Edit<TEntry>> decide, CancellationToken cancellationToken)
    {
        await changing.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                var before = current;
                var (next, change) = decide(before.Configuration, timeProvider.GetUtcNow());
                if (next is null)
                {
                    return change;
                }

                if (await store.SaveAsync(next, before.Version, cancellationToken) is { } version)
                {
                    TakeOver(new StoredConfiguration(next, version));
                    return change;
                }

                await ReloadAsync(cancellationToken);
            }
        }
        finally
        {
            changing.Release();
        }
    }

    private async Task ReloadAsync(CancellationToken cancellationToken)
    {
        var stored = await store.LoadAsync(cancellationToken);
        if (stored.Version != current.Version)
        {
            TakeOver(stored);
        }
    }

    private void TakeOver(StoredConfiguration next)
    {
        var before = current;
        current = next;
        Changed?.Invoke(before.Configuration, next.Configuration);
    }
}
