namespace FastVlm.Storage;

/// <summary>Every queue, batch and wait of the store, with its reason.</summary>
internal static class StorageLimits
{
    /// <summary>Changes that wait for the disk: five seconds of 200 cameras. Beyond it callers wait for a place.</summary>
    public const int WriteQueueLengthMax = 1024;

    /// <summary>Changes of one transaction. Beyond a few hundred the cost of the sync is spread thin enough already.</summary>
    public const int WriteBatchLengthMax = 256;

    /// <summary>Entries of one transaction on a server. Beyond a few dozen, sync and round trips cost little each.</summary>
    public const int JournalGroupLengthMax = 64;

    /// <summary>Pictures of one transaction on a server, bytes; the entry that reaches it is the last one.</summary>
    public const long JournalGroupBytesMax = 16L * 1024 * 1024;

    /// <summary>Times that an entry is tried which only ever lost against others that ran at the same time.</summary>
    public const int ConflictTriesMax = 5;

    /// <summary>Statements that the journal's connection keeps prepared: it has about ten.</summary>
    public const int PreparedStatementsMax = 32;

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

    /// <summary>Rows that a sweep removes at a time: a few ms, which is what a writer may have to wait for it.</summary>
    public const int SweepBatchLength = 50;

    /// <summary>On a server, where a batch keeps no writer waiting but costs a round trip.</summary>
    public const int PostgresSweepBatchLength = 500;

    /// <summary>After each batch a sweep rests for this many times as long: writers meet it in one transaction out of five.</summary>
    public const int SweepRestFactor = 4;

    /// <summary>Pages given back to the disk at a time, each of 4 KiB.</summary>
    public const int VacuumPages = 200;

    /// <summary>Free pages that stay in the database: the next rows take them, and giving them back would only fragment it.</summary>
    public const long FreePagesKept = 16 * 1024;

    /// <summary>Wait before the first sweep, so that the start of the platform has the disk for itself.</summary>
    public static readonly TimeSpan FirstSweepAfter = TimeSpan.FromMinutes(1);

    /// <summary>A picture that no row names may be one whose entry is just being stored; after this long it is an orphan.</summary>
    public static readonly TimeSpan OrphanAfter = TimeSpan.FromHours(1);

    /// <summary>Orphans come from crashes only; looking for them reads the whole folder.</summary>
    public static readonly TimeSpan OrphanInterval = TimeSpan.FromDays(1);

    /// <summary>Who says nothing for this long is asked whether it is there, so that a server gone without a word is found out.</summary>
    public static readonly TimeSpan ServerSilenceMax = TimeSpan.FromSeconds(10);

    /// <summary>Counting five million captions on a busy server; nobody waits for it.</summary>
    public static readonly TimeSpan SweepCommandTimeout = TimeSpan.FromMinutes(10);

    /// <summary>Wait before the second try to listen for notifications; it doubles up to the one below.</summary>
    public static readonly TimeSpan ListenRetryFirst = TimeSpan.FromSeconds(1);

    /// <summary>A configuration that was changed while nobody listened is seen this late at most once the server is back.</summary>
    public static readonly TimeSpan ListenRetryMax = TimeSpan.FromSeconds(15);

    /// <summary>How long an unclean end may hold up the start with a check of the database.</summary>
    public static readonly TimeSpan CheckTimeMax = TimeSpan.FromSeconds(5);
}
