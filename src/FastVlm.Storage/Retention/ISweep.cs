namespace FastVlm.Storage.Retention;

/// <summary>
/// One sweep of a store, which no other one of the same store runs beside. Each method removes the oldest few of one kind and
/// says how many; nothing removed means there are none left.
/// </summary>
internal interface ISweep : IAsyncDisposable
{
    Task<long> CountCaptionsAsync(CancellationToken cancellationToken);

    Task<long> CountPictureBytesAsync(CancellationToken cancellationToken);

    /// <param name="before">Captured before this.</param>
    /// <param name="countMax">Not more than this; below 1 is none.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<SweepCounts> CaptionsAsync(DateTimeOffset before, long countMax, CancellationToken cancellationToken);

    /// <param name="before">Stored before this.</param>
    /// <param name="bytesMax">Stops once this much is freed; below 1 is none.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<(SweepCounts Removed, long Bytes)> PicturesAsync(DateTimeOffset before, long bytesMax, CancellationToken cancellationToken);

    /// <summary>With their evidence. One whose alert still waits to be delivered stays.</summary>
    Task<SweepCounts> IncidentsAsync(DateTimeOffset clearedBefore, CancellationToken cancellationToken);

    /// <summary>With their tries.</summary>
    Task<SweepCounts> DeliveriesAsync(DateTimeOffset createdBefore, CancellationToken cancellationToken);

    /// <summary>Gives free space back to the disk, where the store does not do that by itself.</summary>
    Task<SweepCounts> SpaceAsync(CancellationToken cancellationToken);
}

/// <summary>What the sweeper needs of a store.</summary>
internal interface ISweepSource
{
    /// <returns>Null while another process sweeps the same store.</returns>
    Task<ISweep?> BeginAsync(CancellationToken cancellationToken);

    /// <summary>Removes what a crash left outside the database; looked for rarely, because it reads much.</summary>
    /// <param name="writtenBefore">Younger ones may be of an entry that is just being stored.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>How many are gone.</returns>
    Task<int> RemoveOrphansAsync(DateTimeOffset writtenBefore, CancellationToken cancellationToken);
}
