using FastVlm.Pipeline.Configuration;

namespace FastVlm.Pipeline.Storage;

/// <summary>Keeps the configuration; secrets are encrypted at rest.</summary>
public interface IConfigurationStore
{
    /// <exception cref="StorageException">The store cannot be read, or a secret cannot be decrypted with the present key.</exception>
    Task<PlatformConfiguration> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Makes the store hold exactly <paramref name="configuration"/>, in one transaction. One caller at a time.</summary>
    /// <exception cref="StorageException">The store cannot take it now; it holds what it held.</exception>
    Task SaveAsync(PlatformConfiguration configuration, CancellationToken cancellationToken);
}
