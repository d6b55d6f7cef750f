namespace FastVlm.Storage;

/// <summary>Every queue, batch and wait of the store, with its reason.</summary>
internal static class StorageLimits
{
    /// <summary>Changes that wait for the disk: five seconds of 200 cameras. Beyond it callers wait for a place.</summary>
    public const int WriteQueueLengthMax = 1024;

    /// <summary>Changes of one transaction. Beyond a few hundred the cost of the sync is spread thin enough already.</summary>
    public const int WriteBatchLengthMax = 256;

    /// <summary>How long another process's lock is waited for, ms: a backup's last step is shorter, a forgotten shell is not.</summary>
    public const int BusyTimeoutMs = 2000;

    /// <summary>Queries at a time. They are processor work on cached pages: more than a few only get in each other's way.</summary>
    public const int ReadersMax = 4;

    /// <summary>Rows that a long read takes at a time, so that it never holds back the log's checkpoint for long.</summary>
    public const int ReadPageLength = 500;

    /// <summary>The log is cut back to this after a checkpoint, bytes: a burst must not keep its space for ever.</summary>
    public const long LogBytesKept = 64L * 1024 * 1024;

    /// <summary>Words of a search: people type a few, more would only cost time.</summary>
    public const int SearchTermsMax = 32;

    /// <summary>How long an unclean end may hold up the start with a check of the database.</summary>
    public static readonly TimeSpan CheckTimeMax = TimeSpan.FromSeconds(5);
}
