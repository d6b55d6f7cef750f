namespace FastVlm.Pipeline.Storage;

/// <summary>
/// Which process delivers to which endpoint, where several share an outbox: an endpoint has one holder at a time, so that no
/// delivery is tried twice at once. Times are the store's, so that the clocks of machines need not agree.
/// </summary>
public interface IEndpointLeases
{
    /// <summary>Takes what is free, has run out or was held by one who is gone; renews what is held.</summary>
    /// <param name="holder">Who asks.</param>
    /// <param name="wanted">Endpoints that it is to deliver to.</param>
    /// <param name="lasts">From now.</param>
    /// <param name="gone">Holders that are known to have ended.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Those of the wanted ones that it holds now.</returns>
    /// <exception cref="StorageException">Nothing is known to have changed.</exception>
    Task<IReadOnlySet<EndpointId>> HoldAsync(
        string holder, IReadOnlyCollection<EndpointId> wanted, TimeSpan lasts, IReadOnlyCollection<string> gone,
        CancellationToken cancellationToken);

    /// <summary>Gives back what is held among these; others may take it at once.</summary>
    /// <exception cref="StorageException">They run out by themselves.</exception>
    Task ReleaseAsync(string holder, IReadOnlyCollection<EndpointId> endpoints, CancellationToken cancellationToken);
}
