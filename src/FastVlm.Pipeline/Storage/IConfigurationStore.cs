using FastVlm.Pipeline.Configuration;

namespace FastVlm.Pipeline.Storage;

/// <summary>A configuration as it is stored.</summary>
/// <param name="Configuration">What is configured.</param>
/// <param name="Version">Counts up with every change, whoever made it.</param>
public sealed record StoredConfiguration(PlatformConfiguration Configuration, long Version);

/// <summary>Keeps the configuration; secrets are encrypted at rest.</summary>
public interface IConfigurationStore
{
    /// <exception cref="StorageException">The store cannot be read, or a secret cannot be decrypted with the present key.</exception>
    Task<StoredConfiguration> LoadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Makes the store hold exactly <paramref name="configuration"/>, in one transaction. One caller at a time in a process.
    /// </summary>
    /// <param name="configuration">What is to be stored.</param>
    /// <param name="replaces">The version that it was made from.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Its version; null where another process has changed the store since: load and decide again.</returns>
    /// <exception cref="StorageException">The store cannot take it now; it holds what it held.</exception>
    Task<long?> SaveAsync(PlatformConfiguration configuration, long replaces, CancellationToken cancellationToken);
}
